// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/running.hpp"

#include <atomic>

namespace banach {
namespace {

// Initial-exec: a signal handler that reads it first must not make the loader allocate it.
__attribute__((tls_model("initial-exec"))) thread_local const Running* top = nullptr;

// A handler on this thread sees the object before it sees the pointer to it.
void set_top(const Running* value) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  top = value;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace

Running::Running(const char* action, const char* object) noexcept
    : action_(action), object_(object), outer_(top) {
  set_top(this);
}

Running::~Running() { set_top(outer_); }

const Running* Running::innermost() noexcept { return top; }

}  // namespace banach
