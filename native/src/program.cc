// SPDX-License-Identifier: Apache-2.0
// program.cc: BPF_PROG_TEST_RUN off the main thread, and what the kernel knows of a program.
#include <bpf/bpf.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>
#include "rooms.h"
#include "work.h"

namespace {

struct Run {
  std::vector<uint8_t> data, context, out, context_out;
  bpf_test_run_opts options = {};
};

std::vector<uint8_t> Bytes(const Napi::Value& value) {
  if (!value.IsTypedArray()) return {};
  auto array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ByteLength()};
}

// programRun(fd, {data?, context?, outBytes, contextOut, repeat, flags, batchSize}) → Promise<{retval, duration, data, context}>
// For SYSCALL programs pass contextOut = false: the kernel writes the context back in place and refuses all other fields.
Napi::Value TestRun(const Napi::CallbackInfo& info) {
  int fd = info[0].ToNumber();
  auto request = info[1].As<Napi::Object>();
  auto run = std::make_shared<Run>();
  run->data = Bytes(request.Get("data"));
  run->context = Bytes(request.Get("context"));
  run->out.resize(request.Get("outBytes").ToNumber().Uint32Value());
  bool context_out = request.Get("contextOut").ToBoolean();
  bpf_test_run_opts& o = run->options;
  o.sz = sizeof(o);
  if (!run->data.empty()) {
    o.data_in = run->data.data();
    o.data_size_in = static_cast<__u32>(run->data.size());
  }
  if (!run->out.empty()) {
    o.data_out = run->out.data();
    o.data_size_out = static_cast<__u32>(run->out.size());
  }
  if (!run->context.empty()) {
    o.ctx_in = run->context.data();
    o.ctx_size_in = static_cast<__u32>(run->context.size());
    if (context_out) {
      run->context_out.resize(run->context.size());
      o.ctx_out = run->context_out.data();
      o.ctx_size_out = static_cast<__u32>(run->context_out.size());
    }
  }
  o.repeat = request.Get("repeat").ToNumber().Int32Value();
  o.flags = request.Get("flags").ToNumber().Uint32Value();
  o.batch_size = request.Get("batchSize").ToNumber().Uint32Value();
  auto* work = new Work(info.Env());
  work->syscall = "bpf_prog_test_run";
  work->run = [run, fd](Work& w) {
    if (bpf_prog_test_run_opts(fd, &run->options)) w.err = errno;
  };
  work->done = [run, context_out](Napi::Env env, Work&) -> Napi::Value {
    Napi::Object result = Napi::Object::New(env);
    const auto& context = context_out ? run->context_out : run->context;
    result.Set("retval", run->options.retval);
    result.Set("duration", run->options.duration);
    result.Set("data", Napi::Buffer<uint8_t>::Copy(env, run->out.data(), std::min<size_t>(run->out.size(), run->options.data_size_out)));
    result.Set("context", Napi::Buffer<uint8_t>::Copy(env, context.data(), context.size()));
    return result;
  };
  return work->Start();
}

// programInfo(fd) → {id, type, name, verifiedInstructions}
Napi::Value Info(const Napi::CallbackInfo& info) {
  bpf_prog_info details = {};
  __u32 size = sizeof(details);
  if (bpf_obj_get_info_by_fd(info[0].ToNumber(), &details, &size)) throw Failure(info.Env(), "bpf_obj_get_info_by_fd", "", errno);
  Napi::Object item = Napi::Object::New(info.Env());
  item.Set("id", details.id);
  item.Set("type", details.type);
  item.Set("name", details.name);
  item.Set("verifiedInstructions", details.verified_insns);
  return item;
}

}  // namespace

void InitProgram(Napi::Env env, Napi::Object exports) {
  exports.Set("programRun", Napi::Function::New<TestRun>(env));
  exports.Set("programInfo", Napi::Function::New<Info>(env));
}
