// SPDX-License-Identifier: Apache-2.0
// netlink.cc: a NETLINK_ROUTE listener on a thread of its own (rtnetlink(7)). Delivers raw datagrams; an overrun (ENOBUFS) is told as an
// empty one, so that the reader knows to read everything anew.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include "error.h"
#include "rooms.h"

namespace {

constexpr size_t kQueued = 1024;
constexpr int kReceiveBuffer = 4 << 20;

class NativeNetlink : public Napi::ObjectWrap<NativeNetlink> {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("NativeNetlink", DefineClass(env, "NativeNetlink", {InstanceMethod<&NativeNetlink::Close>("close")}));
  }

  // new NativeNetlink(groups: number[] (RTNLGRP_*), callback(datagram: Buffer))
  explicit NativeNetlink(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeNetlink>(info) {
    socket_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (socket_ < 0) throw Failure(info.Env(), "socket", "NETLINK_ROUTE", errno);
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof(kReceiveBuffer));
    sockaddr_nl address = {};
    address.nl_family = AF_NETLINK;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address))) Fail(info.Env(), "bind");
    auto groups = info[0].As<Napi::Array>();
    for (uint32_t i = 0; i < groups.Length(); i++) {
      int group = groups.Get(i).ToNumber();
      if (setsockopt(socket_, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group))) Fail(info.Env(), "setsockopt");
    }
    wake_ = eventfd(0, EFD_CLOEXEC);
    function_ = Napi::ThreadSafeFunction::New(info.Env(), info[1].As<Napi::Function>(), "netlink", kQueued, 1);
    function_.Unref(info.Env());
    thread_ = std::thread([this] { Read(); });
  }
  ~NativeNetlink() override { Stop(); }

 private:
  void Fail(Napi::Env env, const char* call) {
    int err = errno;
    close(socket_);
    socket_ = -1;
    throw Failure(env, call, "NETLINK_ROUTE", err);
  }
  void Read() {
    std::string buffer(1 << 16, '\0');
    for (;;) {
      pollfd fds[2] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
      if (poll(fds, 2, -1) < 0 && errno != EINTR) break;
      if (fds[1].revents) break;
      if (!fds[0].revents) continue;
      ssize_t n = recv(socket_, buffer.data(), buffer.size(), 0);
      if (n < 0 && errno != ENOBUFS) continue;
      auto* datagram = new std::string(buffer.data(), n < 0 ? 0 : static_cast<size_t>(n));
      auto status = function_.NonBlockingCall(datagram, [](Napi::Env env, Napi::Function callback, std::string* bytes) {
        std::unique_ptr<std::string> owned(bytes);
        if (env == nullptr || callback.IsEmpty()) return;
        callback.Call({Napi::Buffer<char>::Copy(env, owned->data(), owned->size())});
      });
      if (status != napi_ok) delete datagram;
    }
    function_.Release();
  }
  void Stop() {
    uint64_t one = 1;
    if (thread_.joinable()) {
      if (write(wake_, &one, sizeof(one)) < 0) return;
      thread_.join();
    }
    if (socket_ >= 0) close(socket_);
    if (wake_ >= 0) close(wake_);
    socket_ = wake_ = -1;
  }
  Napi::Value Close(const Napi::CallbackInfo& info) {
    Stop();
    return info.Env().Undefined();
  }

  int socket_ = -1, wake_ = -1;
  std::thread thread_;
  Napi::ThreadSafeFunction function_;
};

}  // namespace

void InitNetlink(Napi::Env env, Napi::Object exports) { NativeNetlink::Init(env, exports); }
