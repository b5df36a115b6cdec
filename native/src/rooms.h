// SPDX-License-Identifier: Apache-2.0
// rooms.h: what each file adds to the module.
#pragma once
#include <napi.h>

void InitObject(Napi::Env env, Napi::Object exports);
void InitMap(Napi::Env env, Napi::Object exports);
void InitProgram(Napi::Env env, Napi::Object exports);
void InitLink(Napi::Env env, Napi::Object exports);
void InitRingbuf(Napi::Env env, Napi::Object exports);
void InitNetlink(Napi::Env env, Napi::Object exports);
void InitSystem(Napi::Env env, Napi::Object exports);
