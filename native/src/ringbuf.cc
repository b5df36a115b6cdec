// SPDX-License-Identifier: Apache-2.0
// ringbuf.cc: a BPF ring buffer read by a thread of its own. Records reach JavaScript in batches, each record preceded by its length
// (u32, host order). When JavaScript does not keep up, whole batches are dropped and their records counted as lost.
#include <bpf/libbpf.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include "error.h"
#include "rooms.h"

namespace {

constexpr size_t kQueuedBatches = 64;
constexpr size_t kBatchBytes = 256 * 1024;
constexpr int kPollMilliseconds = 50;

struct Batch {
  std::string bytes;
  uint32_t records = 0;
};

int Append(void* context, void* data, size_t size) {
  auto* batch = static_cast<Batch*>(context);
  auto length = static_cast<uint32_t>(size);
  batch->bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  batch->bytes.append(static_cast<const char*>(data), size);
  batch->records++;
  return batch->bytes.size() >= kBatchBytes ? -EAGAIN : 0;
}

class NativeRingBuffer : public Napi::ObjectWrap<NativeRingBuffer> {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("NativeRingBuffer", DefineClass(env, "NativeRingBuffer",
                                                {
                                                    InstanceMethod<&NativeRingBuffer::Lost>("lost"),
                                                    InstanceMethod<&NativeRingBuffer::Close>("close"),
                                                }));
  }

  // new NativeRingBuffer(fd, callback(batch: Buffer))
  explicit NativeRingBuffer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeRingBuffer>(info) {
    ring_ = ring_buffer__new(info[0].ToNumber(), Append, &batch_, nullptr);
    if (!ring_) throw Failure(info.Env(), "ring_buffer__new", "", errno);
    function_ = Napi::ThreadSafeFunction::New(info.Env(), info[1].As<Napi::Function>(), "ringbuf", kQueuedBatches, 1);
    function_.Unref(info.Env());
    thread_ = std::thread([this] { Read(); });
  }
  ~NativeRingBuffer() override { Stop(); }

 private:
  void Read() {
    while (!stop_) {
      int r = ring_buffer__poll(ring_, kPollMilliseconds);
      if (r < 0 && r != -EINTR && r != -EAGAIN) break;
      Deliver();
    }
    function_.Release();
  }
  void Deliver() {
    if (!batch_.records) return;
    auto* batch = new Batch();
    std::swap(*batch, batch_);
    auto status = function_.NonBlockingCall(batch, [](Napi::Env env, Napi::Function callback, Batch* ready) {
      std::unique_ptr<Batch> owned(ready);
      if (env == nullptr || callback.IsEmpty()) return;
      callback.Call({Napi::Buffer<char>::Copy(env, owned->bytes.data(), owned->bytes.size())});
    });
    if (status == napi_ok) return;
    lost_ += batch->records;
    delete batch;
  }
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    if (ring_) ring_buffer__free(ring_);
    ring_ = nullptr;
  }
  Napi::Value Lost(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), static_cast<double>(lost_.load())); }
  Napi::Value Close(const Napi::CallbackInfo& info) {
    Stop();
    return info.Env().Undefined();
  }

  Batch batch_;
  ring_buffer* ring_ = nullptr;
  std::thread thread_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> lost_{0};
  Napi::ThreadSafeFunction function_;
};

// drainRingBuffer(fd) → Buffer: all records that are there now, same form as a batch.
Napi::Value Drain(const Napi::CallbackInfo& info) {
  Batch batch;
  ring_buffer* ring = ring_buffer__new(info[0].ToNumber(), Append, &batch, nullptr);
  if (!ring) throw Failure(info.Env(), "ring_buffer__new", "", errno);
  int r = ring_buffer__consume(ring);
  ring_buffer__free(ring);
  if (r < 0 && r != -EAGAIN) throw Failure(info.Env(), "ring_buffer__consume", "", r);
  return Napi::Buffer<char>::Copy(info.Env(), batch.bytes.data(), batch.bytes.size());
}

}  // namespace

void InitRingbuf(Napi::Env env, Napi::Object exports) {
  NativeRingBuffer::Init(env, exports);
  exports.Set("drainRingBuffer", Napi::Function::New<Drain>(env));
}
