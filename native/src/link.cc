// SPDX-License-Identifier: Apache-2.0
// link.cc: bpf_link for XDP and TCX. Debian 12's libbpf does not know TCX, so links are made by the plain system call.
#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <cerrno>
#include "error.h"
#include "rooms.h"

namespace {

constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);  // BPF_TCX_INGRESS, linux/bpf.h of 6.6
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);

// linkXdp(programFd, ifindex, native) → fd
Napi::Value Xdp(const Napi::CallbackInfo& info) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .flags = info[2].ToBoolean() ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
  int fd = bpf_link_create(info[0].ToNumber(), info[1].ToNumber(), BPF_XDP, &options);
  if (fd < 0) throw Failure(info.Env(), "bpf_link_create", "xdp", errno);
  return Napi::Number::New(info.Env(), fd);
}

// linkTcx(programFd, ifindex, egress) → fd
Napi::Value Tcx(const Napi::CallbackInfo& info) {
  int fd = bpf_link_create(info[0].ToNumber(), info[1].ToNumber(), info[2].ToBoolean() ? kTcxEgress : kTcxIngress, nullptr);
  if (fd < 0) throw Failure(info.Env(), "bpf_link_create", "tcx", errno);
  return Napi::Number::New(info.Env(), fd);
}

// linkUpdate(fd, programFd), linkDetach(fd)
Napi::Value Update(const Napi::CallbackInfo& info) {
  if (bpf_link_update(info[0].ToNumber(), info[1].ToNumber(), nullptr)) throw Failure(info.Env(), "bpf_link_update", "", errno);
  return info.Env().Undefined();
}

Napi::Value Detach(const Napi::CallbackInfo& info) {
  if (bpf_link_detach(info[0].ToNumber())) throw Failure(info.Env(), "bpf_link_detach", "", errno);
  return info.Env().Undefined();
}

// linkInfo(fd) → {id, type, programId, ifindex}; ifindex is 0 when the device is gone.
Napi::Value Info(const Napi::CallbackInfo& info) {
  bpf_link_info details = {};
  __u32 size = sizeof(details);
  if (bpf_obj_get_info_by_fd(info[0].ToNumber(), &details, &size)) throw Failure(info.Env(), "bpf_obj_get_info_by_fd", "", errno);
  Napi::Object item = Napi::Object::New(info.Env());
  item.Set("id", details.id);
  item.Set("type", details.type);
  item.Set("programId", details.prog_id);
  item.Set("ifindex", details.xdp.ifindex);  // first member for XDP and TCX alike
  return item;
}

}  // namespace

void InitLink(Napi::Env env, Napi::Object exports) {
  exports.Set("linkXdp", Napi::Function::New<Xdp>(env));
  exports.Set("linkTcx", Napi::Function::New<Tcx>(env));
  exports.Set("linkUpdate", Napi::Function::New<Update>(env));
  exports.Set("linkDetach", Napi::Function::New<Detach>(env));
  exports.Set("linkInfo", Napi::Function::New<Info>(env));
}
