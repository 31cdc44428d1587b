// SPDX-License-Identifier: Apache-2.0
// What a thread is doing, for whoever has to say it when the process crashes.
#pragma once
#include "banach/export.hpp"

namespace banach {

/// While it lives, this thread is doing this: "creating", "problem \"heat\" (/p/problem.heat.so)".
/// Set around whole calls, not in inner loops: it costs a few instructions. Both texts are the
/// caller's and outlive it.
class BANACH_API Running {
 public:
  Running(const char* action, const char* object) noexcept;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  /// The innermost of this thread; nullptr: none. Safe in a signal handler.
  static const Running* innermost() noexcept;
  const char* action() const { return action_; }
  const char* object() const { return object_; }
  const Running* outer() const { return outer_; }

 private:
  const char *action_, *object_;
  const Running* outer_;
};

}  // namespace banach
