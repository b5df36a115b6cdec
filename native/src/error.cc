// SPDX-License-Identifier: Apache-2.0
#include "error.h"
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {
thread_local std::string log_text;
constexpr size_t kLogLimit = 4 << 20;
constexpr size_t kLogShown = 16384;

int Print(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  char* text = nullptr;
  int n = vasprintf(&text, format, arguments);
  if (n > 0 && log_text.size() < kLogLimit) log_text.append(text, static_cast<size_t>(n));
  free(text);
  return n;
}
}  // namespace

void CollectLog() {
  libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
  libbpf_set_print(Print);
}

std::string TakeLog() {
  std::string text;
  text.swap(log_text);
  return text;
}

Napi::Error Failure(Napi::Env env, const std::string& syscall, const std::string& subject, int err, const std::string& log) {
  if (err < 0) err = -err;
  const char* name = strerrorname_np(err);
  std::string code = name ? name : "EUNKNOWN";
  std::string message = syscall + (subject.empty() ? "" : " " + subject) + ": " + code + " (" + strerror(err) + ")";
  if (!log.empty()) message += "\n" + (log.size() > kLogShown ? "...\n" + log.substr(log.size() - kLogShown) : log);
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  error.Set("errno", static_cast<double>(err));
  error.Set("syscall", syscall);
  return error;
}
