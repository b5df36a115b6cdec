// SPDX-License-Identifier: Apache-2.0
// work.h: one blocking call off the main thread, answered by a promise. `run` works on the pool; `done` makes the value on the main
// thread; when `run` sets err, the promise is rejected with that errno and libbpf's log of the worker thread.
#pragma once
#include <functional>
#include <string>
#include "error.h"

class Work : public Napi::AsyncWorker {
 public:
  int err = 0;
  std::string syscall, subject;
  std::function<void(Work&)> run;
  std::function<Napi::Value(Napi::Env, Work&)> done;

  explicit Work(Napi::Env env) : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)) {}
  Napi::Promise Start() {
    Napi::Promise promise = deferred_.Promise();
    Queue();
    return promise;
  }
  // Keeps a JavaScript value (a buffer, an object) alive until the work is done.
  void Keep(Napi::Object value) { kept_.push_back(Napi::Persistent(value)); }

 protected:
  void Execute() override {
    TakeLog();
    run(*this);
    log_ = TakeLog();
  }
  void OnOK() override {
    Napi::HandleScope scope(Env());
    if (err) {
      deferred_.Reject(Failure(Env(), syscall, subject, err, log_).Value());
      return;
    }
    try {
      deferred_.Resolve(done ? done(Env(), *this) : Env().Undefined());
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  std::vector<Napi::ObjectReference> kept_;
  std::string log_;
};
