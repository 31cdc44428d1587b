// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/floating_point.hpp"

#include <cfenv>
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#endif

namespace banach {

#if defined(__x86_64__) || defined(__i386__)

constexpr unsigned flags = 0x3f;  // of MXCSR: what has happened, not how to compute

FloatingPoint floating_point() {
  unsigned short word = 0;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  return {_mm_getcsr() & ~flags, word};
}

void set_floating_point(const FloatingPoint& control) {
  const auto word = static_cast<unsigned short>(control.scalar);
  _mm_setcsr(static_cast<unsigned>(control.vector) | (_mm_getcsr() & flags));
  __asm__ volatile("fldcw %0" : : "m"(word));
}

#elif defined(__aarch64__)

FloatingPoint floating_point() {
  std::uint64_t control = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return {control, 0};
}

void set_floating_point(const FloatingPoint& control) {
  __asm__ volatile("msr fpcr, %0" : : "r"(control.vector));
}

#else

FloatingPoint floating_point() { return {static_cast<std::uint64_t>(std::fegetround()), 0}; }
void set_floating_point(const FloatingPoint& control) {
  std::fesetround(static_cast<int>(control.vector));
}

#endif

}  // namespace banach
