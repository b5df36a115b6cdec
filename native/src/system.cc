// SPDX-License-Identifier: Apache-2.0
// system.cc: small system calls that Node lacks.
#include <fcntl.h>
#include <net/if.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <time.h>
#include <unistd.h>
#include <cerrno>
#include "error.h"
#include "rooms.h"

namespace {

// peerCredentials(fd) → {pid, uid, gid} of the process that connected a Unix socket (unix(7), SO_PEERCRED)
Napi::Value PeerCredentials(const Napi::CallbackInfo& info) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (getsockopt(info[0].ToNumber(), SOL_SOCKET, SO_PEERCRED, &peer, &size)) throw Failure(info.Env(), "getsockopt", "SO_PEERCRED", errno);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("pid", peer.pid);
  result.Set("uid", peer.uid);
  result.Set("gid", peer.gid);
  return result;
}

// lockFile(path) → fd holding an exclusive lock, or null when another process holds it (flock(2))
Napi::Value LockFile(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>().Utf8Value();
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) throw Failure(info.Env(), "open", path, errno);
  if (flock(fd, LOCK_EX | LOCK_NB)) {
    int err = errno;
    close(fd);
    if (err == EWOULDBLOCK) return info.Env().Null();
    throw Failure(info.Env(), "flock", path, err);
  }
  return Napi::Number::New(info.Env(), fd);
}

// isBpffs(path), mountBpffs(path)
Napi::Value IsBpffs(const Napi::CallbackInfo& info) {
  struct statfs fs = {};
  std::string path = info[0].As<Napi::String>().Utf8Value();
  return Napi::Boolean::New(info.Env(), !statfs(path.c_str(), &fs) && fs.f_type == BPF_FS_MAGIC);
}

Napi::Value MountBpffs(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>().Utf8Value();
  if (mount("none", path.c_str(), "bpf", 0, "mode=0700")) throw Failure(info.Env(), "mount", path, errno);
  return info.Env().Undefined();
}

Napi::Value UnmountBpffs(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>().Utf8Value();
  if (umount2(path.c_str(), MNT_DETACH)) throw Failure(info.Env(), "umount2", path, errno);
  return info.Env().Undefined();
}

// interfaceIndex(name) → number, 0 when there is none
Napi::Value InterfaceIndex(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), if_nametoindex(info[0].As<Napi::String>().Utf8Value().c_str()));
}

// monotonicNs() → bigint, CLOCK_MONOTONIC: the clock of bpf_ktime_get_ns
Napi::Value MonotonicNs(const Napi::CallbackInfo& info) {
  timespec t = {};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return Napi::BigInt::New(info.Env(), static_cast<uint64_t>(t.tv_sec * 1000000000ll + t.tv_nsec));
}

// fsyncDirectory(path): makes renames in it durable
Napi::Value FsyncDirectory(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>().Utf8Value();
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw Failure(info.Env(), "open", path, errno);
  int r = fsync(fd), err = errno;
  close(fd);
  if (r) throw Failure(info.Env(), "fsync", path, err);
  return info.Env().Undefined();
}

}  // namespace

void InitSystem(Napi::Env env, Napi::Object exports) {
  // BPF maps count as locked memory on kernels before 5.11
  rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_MEMLOCK, &unlimited);
  exports.Set("peerCredentials", Napi::Function::New<PeerCredentials>(env));
  exports.Set("lockFile", Napi::Function::New<LockFile>(env));
  exports.Set("isBpffs", Napi::Function::New<IsBpffs>(env));
  exports.Set("mountBpffs", Napi::Function::New<MountBpffs>(env));
  exports.Set("unmountBpffs", Napi::Function::New<UnmountBpffs>(env));
  exports.Set("interfaceIndex", Napi::Function::New<InterfaceIndex>(env));
  exports.Set("monotonicNs", Napi::Function::New<MonotonicNs>(env));
  exports.Set("fsyncDirectory", Napi::Function::New<FsyncDirectory>(env));
}
