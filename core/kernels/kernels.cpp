// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/kernels.hpp"

#include <cstdlib>
#include <string>

#include "core/kernels/function.hpp"

namespace banach {

namespace baseline {
const Kernels<float>& table(float);
const Kernels<double>& table(double);
}  // namespace baseline
#ifdef BANACH_X86
namespace avx2 {
const Kernels<float>& table(float);
const Kernels<double>& table(double);
}  // namespace avx2
namespace avx512 {
const Kernels<float>& table(float);
const Kernels<double>& table(double);
}  // namespace avx512
#endif

namespace {

template <class T>
const Kernels<T>& choose() {
#ifdef BANACH_X86
  const char* wanted = std::getenv("BANACH_ISA");
  const std::string most = wanted ? wanted : "avx512";
  const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (most == "avx512" && fma && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return avx512::table(T());
  if (most != "baseline" && fma) return avx2::table(T());
#endif
  return baseline::table(T());
}

}  // namespace

template <class T>
const Kernels<T>& kernels() {
  static const Kernels<T>& chosen = choose<T>();
  return chosen;
}
template BANACH_API const Kernels<float>& kernels<float>();
template BANACH_API const Kernels<double>& kernels<double>();

int scratch_planes(const JetFunction& f) {
  const int powers = f.order > 1 ? (f.order - 1) * f.planes : 0;
  return 3 + f.order + 1 + f.planes + powers;
}

bool slopes_by_value(const JetFunction& f) {
  return f.function == static_cast<int>(Function::tanh) ||
         f.function == static_cast<int>(Function::sigmoid);
}

}  // namespace banach
