// SPDX-License-Identifier: Apache-2.0
#include "core/run/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "banach/error.hpp"

namespace banach {
namespace {

std::atomic<int> pending{0};
static_assert(std::atomic<int>::is_always_lock_free, "a handler may use it");

void handle(int signal) {
  const int earlier = pending.load();
  const bool at_once = signal == SIGINT || signal == SIGTERM;
  if (at_once && (earlier == SIGINT || earlier == SIGTERM)) ::_exit(128 + signal);
  if (at_once || earlier == 0 || (signal == SIGHUP && earlier == SIGUSR1)) pending.store(signal);
}

void watch(int signal) {
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void install_early_handlers() {
  watch(SIGUSR1);
  sigset_t kept;
  ::sigemptyset(&kept);
  ::sigaddset(&kept, SIGUSR1);
  ::pthread_sigmask(SIG_UNBLOCK, &kept, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void install_signal_handlers() {
  install_early_handlers();
  for (const int signal : {SIGINT, SIGTERM}) watch(signal);
  if (!ignored(SIGHUP)) watch(SIGHUP);
}

int pending_signal() { return pending.load(std::memory_order_relaxed); }

void require_no_signal() {
  if (const int signal = pending_signal(); signal != 0)
    throw Error(static_cast<Exit>(exit_code_of(signal)),
                std::string("stopped by ") + signal_name(signal) + "; nothing was written");
}

void clear_pending_signal() { pending.store(0); }

int exit_code_of(int signal) {
  return signal == SIGUSR1 ? static_cast<int>(Exit::saved) : 128 + signal;
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    case SIGUSR1:
      return "SIGUSR1";
    default:
      return "a signal";
  }
}

}  // namespace banach
