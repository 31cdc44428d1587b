// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/crash_handler.hpp"

#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

#include "core/plugin/code_ranges.hpp"
#include "core/plugin/running.hpp"

namespace banach {
namespace {

struct Name {
  int signal;
  const char *name, *meaning;
};
constexpr std::array<Name, 5> handled = {{{SIGSEGV, "SIGSEGV", "invalid memory access"},
                                          {SIGBUS, "SIGBUS", "memory that is not there"},
                                          {SIGILL, "SIGILL", "invalid instruction"},
                                          {SIGFPE, "SIGFPE", "arithmetic trap"},
                                          {SIGABRT, "SIGABRT", "aborted"}}};

std::array<char, 4000> advice;
std::atomic<bool> advised{false};

/// A line that is put together without a single allocation; what does not fit is left out.
class Line {
 public:
  Line& operator<<(const char* text) {
    for (; text && *text && size_ + 1 < text_.size(); ++text) {
      const auto c = static_cast<unsigned char>(*text);
      text_[size_++] = c < ' ' || c == 0x7f ? '?' : *text;
    }
    return *this;
  }
  void write() {
    text_[size_++] = '\n';
    for (std::size_t done = 0; done < size_;) {
      const auto count = ::write(STDERR_FILENO, text_.data() + done, size_ - done);
      if (count <= 0) return;
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  std::array<char, 8192> text_;
  std::size_t size_ = 0;
};

struct Place {
  std::uintptr_t code = 0, stack = 0;
};

Place place_of(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return {static_cast<std::uintptr_t>(machine.gregs[REG_RIP]),
          static_cast<std::uintptr_t>(machine.gregs[REG_RSP])};
#elif defined(__aarch64__)
  return {machine.pc, machine.sp};
#else
  static_cast<void>(machine);
  return {};
#endif
}

/// The plugin with the innermost return address on the stack, which is read through the kernel:
/// wherever it ends, nothing happens.
const char* plugin_on_stack(std::uintptr_t stack) {
  static std::array<std::uintptr_t, 512> words;  // a page
  stack &= ~(sizeof(std::uintptr_t) - 1);
  for (int page = 0; page < 16 && stack != 0; ++page) {
    const std::size_t bytes = sizeof words - stack % sizeof words;
    iovec here{words.data(), bytes}, there{reinterpret_cast<void*>(stack), bytes};
    const auto got = ::process_vm_readv(::getpid(), &here, 1, &there, 1, 0);
    if (got <= 0) return nullptr;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof words[0]; ++i)
      if (const char* file = plugin_with_code(words[i])) return file;
    stack += bytes;
  }
  return nullptr;
}

void describe(Line& line, const void* context) {
  const Place place = place_of(context);
  if (const char* inside = plugin_with_code(place.code))
    line << " in the code of the plugin " << inside;
  else if (const char* caller = plugin_on_stack(place.stack))
    line << " with the plugin " << caller << " on the stack";
  const char* word = " while ";
  for (const Running* r = Running::innermost(); r; r = r->outer()) {
    line << word << r->action() << " " << r->object();
    word = ", ";
  }
}

void handle(int signal, siginfo_t*, void* context) {
  static std::atomic_flag told = ATOMIC_FLAG_INIT;
  if (!told.test_and_set()) {  // one line, whichever thread comes first
    const auto name = std::find_if(handled.begin(), handled.end(),
                                   [&](const Name& n) { return n.signal == signal; });
    Line line;
    line << "banach: crashed by " << name->name << " (" << name->meaning << ")";
    describe(line, context);
    if (advised.load(std::memory_order_acquire)) line << "; " << advice.data();
    line.write();
  } else {
    ::sleep(1);  // another thread is telling it
  }
  std::signal(signal, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  std::raise(signal);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

}  // namespace

void install_crash_handler() {
  if (sanitized) return;
  static std::array<char, 1 << 16> room;  // of its own: the thread's stack may be what is at fault
  stack_t stack{};
  stack.ss_sp = room.data(), stack.ss_size = room.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  for (const auto& signal : handled) ::sigaction(signal.signal, &action, nullptr);
}

void set_crash_advice(const std::string& text) {
  advised.store(false);
  const std::size_t size = std::min(text.size(), advice.size() - 1);
  std::memcpy(advice.data(), text.data(), size);
  advice[size] = '\0';
  advised.store(size > 0, std::memory_order_release);
}

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace banach
