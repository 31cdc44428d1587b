// SPDX-License-Identifier: Apache-2.0
// How this thread computes: rounding, what becomes of tiny numbers, which exceptions trap.
// Libraries linked with -ffast-math change it for the whole process when they are loaded.
#pragma once
#include <cstdint>

#include "banach/export.hpp"

namespace banach {

/// The control bits of one thread (MXCSR and the x87 control word; FPCR), without its flags. A new
/// thread inherits those of the thread that starts it.
struct FloatingPoint {
  std::uint64_t vector = 0, scalar = 0;
  friend bool operator==(const FloatingPoint& a, const FloatingPoint& b) {
    return a.vector == b.vector && a.scalar == b.scalar;
  }
  friend bool operator!=(const FloatingPoint& a, const FloatingPoint& b) { return !(a == b); }
};

BANACH_API FloatingPoint floating_point();
BANACH_API void set_floating_point(const FloatingPoint& control);

/// Restores the control bits at the end of its life.
class FloatingPointGuard {
 public:
  FloatingPointGuard() : before_(floating_point()) {}
  FloatingPointGuard(const FloatingPointGuard&) = delete;
  FloatingPointGuard& operator=(const FloatingPointGuard&) = delete;
  ~FloatingPointGuard() { restore(); }
  /// Restores them now; whether they had changed.
  bool restore() {
    if (floating_point() == before_) return false;
    set_floating_point(before_);
    return true;
  }

 private:
  FloatingPoint before_;
};

}  // namespace banach
