// SPDX-License-Identifier: Apache-2.0
#include "error.h"
#include "rooms.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  CollectLog();
  InitObject(env, exports);
  InitMap(env, exports);
  InitProgram(env, exports);
  InitLink(env, exports);
  InitRingbuf(env, exports);
  InitNetlink(env, exports);
  InitSystem(env, exports);
  return exports;
}

NODE_API_MODULE(gatehouse_native, Init)
