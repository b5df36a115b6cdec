// SPDX-License-Identifier: Apache-2.0
// error.h: failed system and libbpf calls as JavaScript errors with code, errno, syscall and what libbpf printed meanwhile.
#pragma once
#include <napi.h>
#include <string>

// What libbpf printed on this thread since the last call; empties it.
std::string TakeLog();
// Installs the log collector. Once, at module load.
void CollectLog();
// `err`: positive or negative errno. `log` is appended (its end, when it is long).
Napi::Error Failure(Napi::Env env, const std::string& syscall, const std::string& subject, int err, const std::string& log = "");
