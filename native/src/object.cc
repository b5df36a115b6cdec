// SPDX-License-Identifier: Apache-2.0
// object.cc: a BPF object file: open, adjust, load. After the load its maps and programs are known by file descriptor.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include "rooms.h"
#include "work.h"

namespace {

struct Closer {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};

class NativeObject : public Napi::ObjectWrap<NativeObject> {
 public:
  static void Init(Napi::Env env, Napi::Object exports) {
    exports.Set("NativeObject", DefineClass(env, "NativeObject",
                                            {
                                                InstanceMethod<&NativeObject::SetRodata>("setRodata"),
                                                InstanceMethod<&NativeObject::SetMaxEntries>("setMaxEntries"),
                                                InstanceMethod<&NativeObject::SetAutoload>("setAutoload"),
                                                InstanceMethod<&NativeObject::ReuseMap>("reuseMap"),
                                                InstanceMethod<&NativeObject::Load>("load"),
                                                InstanceMethod<&NativeObject::Maps>("maps"),
                                                InstanceMethod<&NativeObject::Programs>("programs"),
                                                InstanceMethod<&NativeObject::Close>("close"),
                                            }));
  }

  explicit NativeObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeObject>(info) {
    path_ = info[0].As<Napi::String>().Utf8Value();
    TakeLog();
    object_ = std::shared_ptr<bpf_object>(bpf_object__open_file(path_.c_str(), nullptr), Closer());
    if (!object_) throw Failure(info.Env(), "bpf_object__open_file", path_, errno, TakeLog());
  }

 private:
  bpf_object* Get(Napi::Env env) {
    if (!object_) throw Failure(env, "bpf_object", path_ + " is closed", EBADF);
    return object_.get();
  }
  bpf_map* Map(Napi::Env env, const std::string& name) {
    bpf_map* map = bpf_object__find_map_by_name(Get(env), name.c_str());
    if (!map) throw Failure(env, "bpf_object__find_map_by_name", name + " in " + path_, ENOENT);
    return map;
  }

  // setRodata(symbol, bytes): the variable is found by name in the BTF of .rodata; the size must be equal.
  Napi::Value SetRodata(const Napi::CallbackInfo& info) {
    std::string symbol = info[0].As<Napi::String>().Utf8Value();
    auto bytes = info[1].As<Napi::Uint8Array>();
    bpf_object* object = Get(info.Env());
    const btf* types = bpf_object__btf(object);
    int section = types ? btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC) : -ENOENT;
    if (section < 0) throw Failure(info.Env(), "setRodata", ".rodata in " + path_, section);
    const btf_type* type = btf__type_by_id(types, static_cast<__u32>(section));
    const btf_var_secinfo* entry = btf_var_secinfos(type);
    for (int i = 0; i < btf_vlen(type); i++, entry++) {
      const btf_type* variable = btf__type_by_id(types, entry->type);
      if (symbol != btf__name_by_offset(types, variable->name_off)) continue;
      if (entry->size != bytes.ByteLength()) throw Failure(info.Env(), "setRodata", symbol + ": wrong size", EINVAL);
      bpf_map* map = nullptr;
      bpf_object__for_each_map(map, object) {
        std::string name = bpf_map__name(map);
        if (!name.ends_with(".rodata")) continue;
        size_t size = 0;
        auto* data = static_cast<char*>(const_cast<void*>(bpf_map__initial_value(map, &size)));
        if (!data || entry->offset + entry->size > size) break;
        memcpy(data + entry->offset, bytes.Data(), entry->size);
        return info.Env().Undefined();
      }
    }
    throw Failure(info.Env(), "setRodata", symbol + " in " + path_, ENOENT);
  }

  Napi::Value SetMaxEntries(const Napi::CallbackInfo& info) {
    std::string name = info[0].As<Napi::String>().Utf8Value();
    if (int r = bpf_map__set_max_entries(Map(info.Env(), name), info[1].ToNumber().Uint32Value()))
      throw Failure(info.Env(), "bpf_map__set_max_entries", name, r);
    return info.Env().Undefined();
  }

  Napi::Value SetAutoload(const Napi::CallbackInfo& info) {
    std::string name = info[0].As<Napi::String>().Utf8Value();
    bpf_program* program = bpf_object__find_program_by_name(Get(info.Env()), name.c_str());
    if (!program) throw Failure(info.Env(), "bpf_object__find_program_by_name", name + " in " + path_, ENOENT);
    bpf_program__set_autoload(program, info[1].ToBoolean());
    return info.Env().Undefined();
  }

  Napi::Value ReuseMap(const Napi::CallbackInfo& info) {
    std::string name = info[0].As<Napi::String>().Utf8Value();
    TakeLog();
    if (int r = bpf_map__reuse_fd(Map(info.Env(), name), info[1].ToNumber().Int32Value()))
      throw Failure(info.Env(), "bpf_map__reuse_fd", name, r, TakeLog());
    return info.Env().Undefined();
  }

  Napi::Value Load(const Napi::CallbackInfo& info) {
    Get(info.Env());
    auto* work = new Work(info.Env());
    auto object = object_;
    work->syscall = "bpf_object__load";
    work->subject = path_;
    work->Keep(info.This().As<Napi::Object>());
    work->run = [object](Work& w) { w.err = bpf_object__load(object.get()); };
    return work->Start();
  }

  Napi::Value Maps(const Napi::CallbackInfo& info) {
    Napi::Array list = Napi::Array::New(info.Env());
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, Get(info.Env())) {
      Napi::Object item = Napi::Object::New(info.Env());
      item.Set("name", bpf_map__name(map));
      item.Set("type", static_cast<uint32_t>(bpf_map__type(map)));
      item.Set("keySize", bpf_map__key_size(map));
      item.Set("valueSize", bpf_map__value_size(map));
      item.Set("maxEntries", bpf_map__max_entries(map));
      item.Set("flags", bpf_map__map_flags(map));
      item.Set("fd", bpf_map__fd(map));
      list.Set(list.Length(), item);
    }
    return list;
  }

  Napi::Value Programs(const Napi::CallbackInfo& info) {
    Napi::Array list = Napi::Array::New(info.Env());
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, Get(info.Env())) {
      Napi::Object item = Napi::Object::New(info.Env());
      int fd = bpf_program__fd(program);
      bpf_prog_info details = {};
      __u32 size = sizeof(details);
      item.Set("name", bpf_program__name(program));
      item.Set("type", static_cast<uint32_t>(bpf_program__type(program)));
      item.Set("fd", fd);
      if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &details, &size)) {
        item.Set("id", details.id);
        item.Set("verifiedInstructions", details.verified_insns);
        item.Set("jitedBytes", details.jited_prog_len);
      }
      list.Set(list.Length(), item);
    }
    return list;
  }

  Napi::Value Close(const Napi::CallbackInfo& info) {
    object_.reset();
    return info.Env().Undefined();
  }

  std::string path_;
  std::shared_ptr<bpf_object> object_;
};

}  // namespace

void InitObject(Napi::Env env, Napi::Object exports) { NativeObject::Init(env, exports); }
