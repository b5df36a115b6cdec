// SPDX-License-Identifier: Apache-2.0
// map.cc: maps by file descriptor. Keys and values are byte arrays; sizes are the caller's duty (index.ts checks them).
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>
#include "rooms.h"
#include "work.h"

namespace {

using Bytes = Napi::Uint8Array;

Napi::Buffer<uint8_t> Copy(Napi::Env env, const std::vector<uint8_t>& bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

// mapLookup(fd, key, valueBytes) → Buffer | null
Napi::Value Lookup(const Napi::CallbackInfo& info) {
  std::vector<uint8_t> value(info[2].ToNumber().Uint32Value());
  if (bpf_map_lookup_elem(info[0].ToNumber(), info[1].As<Bytes>().Data(), value.data())) {
    if (errno == ENOENT) return info.Env().Null();
    throw Failure(info.Env(), "bpf_map_lookup_elem", "", errno);
  }
  return Copy(info.Env(), value);
}

// mapUpdate(fd, key, value, flags)
Napi::Value Update(const Napi::CallbackInfo& info) {
  if (bpf_map_update_elem(info[0].ToNumber(), info[1].As<Bytes>().Data(), info[2].As<Bytes>().Data(),
                          static_cast<__u64>(info[3].ToNumber().Int64Value())))
    throw Failure(info.Env(), "bpf_map_update_elem", "", errno);
  return info.Env().Undefined();
}

// mapDelete(fd, key) → was it there
Napi::Value Delete(const Napi::CallbackInfo& info) {
  if (!bpf_map_delete_elem(info[0].ToNumber(), info[1].As<Bytes>().Data())) return Napi::Boolean::New(info.Env(), true);
  if (errno == ENOENT) return Napi::Boolean::New(info.Env(), false);
  throw Failure(info.Env(), "bpf_map_delete_elem", "", errno);
}

// mapNextKey(fd, key | null, keyBytes) → Buffer | null
Napi::Value NextKey(const Napi::CallbackInfo& info) {
  std::vector<uint8_t> next(info[2].ToNumber().Uint32Value());
  const void* key = info[1].IsTypedArray() ? info[1].As<Bytes>().Data() : nullptr;
  if (bpf_map_get_next_key(info[0].ToNumber(), key, next.data())) {
    if (errno == ENOENT) return info.Env().Null();
    throw Failure(info.Env(), "bpf_map_get_next_key", "", errno);
  }
  return Copy(info.Env(), next);
}

struct Batch {
  std::vector<uint8_t> keys, values, cursor;
  uint32_t count = 0;
  bool end = false;
};

// mapLookupBatch(fd, keyBytes, valueBytes, max, cursor | null) → Promise<{keys, values, count, cursor | null}>
Napi::Value LookupBatch(const Napi::CallbackInfo& info) {
  int fd = info[0].ToNumber();
  uint32_t key_size = info[1].ToNumber(), value_size = info[2].ToNumber(), max = info[3].ToNumber();
  auto batch = std::make_shared<Batch>();
  bool first = !info[4].IsTypedArray();
  // the kernel's cursor is a bucket number or a key, whatever is larger
  batch->cursor.resize(std::max<size_t>(key_size, 8));
  if (!first) memcpy(batch->cursor.data(), info[4].As<Bytes>().Data(), std::min(info[4].As<Bytes>().ByteLength(), batch->cursor.size()));
  auto* work = new Work(info.Env());
  work->syscall = "bpf_map_lookup_batch";
  work->run = [=](Work& w) {
    batch->keys.resize(static_cast<size_t>(key_size) * max);
    batch->values.resize(static_cast<size_t>(value_size) * max);
    std::vector<uint8_t> in = batch->cursor;
    batch->count = max;
    int r = bpf_map_lookup_batch(fd, first ? nullptr : in.data(), batch->cursor.data(), batch->keys.data(), batch->values.data(), &batch->count, nullptr);
    if (r && errno == ENOENT)
      batch->end = true;
    else if (r)
      w.err = errno;
  };
  work->done = [=](Napi::Env env, Work&) -> Napi::Value {
    Napi::Object result = Napi::Object::New(env);
    batch->keys.resize(static_cast<size_t>(key_size) * batch->count);
    batch->values.resize(static_cast<size_t>(value_size) * batch->count);
    result.Set("keys", Copy(env, batch->keys));
    result.Set("values", Copy(env, batch->values));
    result.Set("count", batch->count);
    result.Set("cursor", batch->end ? env.Null() : Copy(env, batch->cursor).As<Napi::Value>());
    return result;
  };
  return work->Start();
}

// mapUpdateBatch(fd, keys, values, count) → Promise
Napi::Value UpdateBatch(const Napi::CallbackInfo& info) {
  int fd = info[0].ToNumber();
  auto keys = info[1].As<Bytes>(), values = info[2].As<Bytes>();
  uint32_t count = info[3].ToNumber();
  auto* work = new Work(info.Env());
  work->syscall = "bpf_map_update_batch";
  work->Keep(keys);
  work->Keep(values);
  const void *key_data = keys.Data(), *value_data = values.Data();
  work->run = [=](Work& w) {
    uint32_t n = count;
    LIBBPF_OPTS(bpf_map_batch_opts, options);
    if (bpf_map_update_batch(fd, key_data, value_data, &n, &options)) w.err = errno;
  };
  return work->Start();
}

// mapMmap(fd, bytes) → ArrayBuffer over the map's memory
Napi::Value Mmap(const Napi::CallbackInfo& info) {
  size_t bytes = static_cast<size_t>(info[1].ToNumber().Int64Value());
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, info[0].ToNumber(), 0);
  if (memory == MAP_FAILED) throw Failure(info.Env(), "mmap", "", errno);
  return Napi::ArrayBuffer::New(info.Env(), memory, bytes, [bytes](Napi::Env, void* data) { munmap(data, bytes); });
}

// mapInfo(fd) → {id, type, keySize, valueSize, maxEntries, flags, name}
Napi::Value Info(const Napi::CallbackInfo& info) {
  bpf_map_info details = {};
  __u32 size = sizeof(details);
  if (bpf_obj_get_info_by_fd(info[0].ToNumber(), &details, &size)) throw Failure(info.Env(), "bpf_obj_get_info_by_fd", "", errno);
  Napi::Object item = Napi::Object::New(info.Env());
  item.Set("id", details.id);
  item.Set("name", details.name);
  item.Set("type", details.type);
  item.Set("keySize", details.key_size);
  item.Set("valueSize", details.value_size);
  item.Set("maxEntries", details.max_entries);
  item.Set("flags", details.map_flags);
  return item;
}

// pin(fd, path), open(path) → fd, closeFd(fd), dup(fd) → fd
Napi::Value Pin(const Napi::CallbackInfo& info) {
  std::string path = info[1].As<Napi::String>().Utf8Value();
  if (bpf_obj_pin(info[0].ToNumber(), path.c_str())) throw Failure(info.Env(), "bpf_obj_pin", path, errno);
  return info.Env().Undefined();
}

Napi::Value Open(const Napi::CallbackInfo& info) {
  std::string path = info[0].As<Napi::String>().Utf8Value();
  int fd = bpf_obj_get(path.c_str());
  if (fd < 0) throw Failure(info.Env(), "bpf_obj_get", path, errno);
  return Napi::Number::New(info.Env(), fd);
}

Napi::Value CloseFd(const Napi::CallbackInfo& info) {
  close(info[0].ToNumber());
  return info.Env().Undefined();
}

Napi::Value PossibleCpus(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), libbpf_num_possible_cpus()); }

}  // namespace

void InitMap(Napi::Env env, Napi::Object exports) {
  exports.Set("mapLookup", Napi::Function::New<Lookup>(env));
  exports.Set("mapUpdate", Napi::Function::New<Update>(env));
  exports.Set("mapDelete", Napi::Function::New<Delete>(env));
  exports.Set("mapNextKey", Napi::Function::New<NextKey>(env));
  exports.Set("mapLookupBatch", Napi::Function::New<LookupBatch>(env));
  exports.Set("mapUpdateBatch", Napi::Function::New<UpdateBatch>(env));
  exports.Set("mapMmap", Napi::Function::New<Mmap>(env));
  exports.Set("mapInfo", Napi::Function::New<Info>(env));
  exports.Set("pin", Napi::Function::New<Pin>(env));
  exports.Set("openPin", Napi::Function::New<Open>(env));
  exports.Set("closeFd", Napi::Function::New<CloseFd>(env));
  exports.Set("possibleCpus", Napi::Function::New<PossibleCpus>(env));
}
