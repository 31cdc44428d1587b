// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/kernels.hpp"

#include <cstdlib>
#include <string>

#include "banach/error.hpp"
#include "core/kernels/function.hpp"
#include "core/kernels/instruction_choice.hpp"
#include "core/parameters/text.hpp"

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

enum class Set { baseline, avx2, avx512 };
constexpr const char* names[] = {"baseline", "avx2", "avx512"};

Set allowed() {
  const char* wanted = std::getenv("BANACH_ISA");
  if (!wanted || !*wanted) return Set::avx512;
  for (const Set set : {Set::baseline, Set::avx2, Set::avx512})
    if (std::string(names[static_cast<int>(set)]) == wanted) return set;
  throw ConfigError("BANACH_ISA = " + in_quotes(wanted) +
                    ": there is no such instruction set; known: baseline, avx2, avx512");
}

Set choose() {
  const Set most = allowed();
#ifdef BANACH_X86
  const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (most == Set::avx512 && fma && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return Set::avx512;
  if (most != Set::baseline && fma) return Set::avx2;
#endif
  static_cast<void>(most);
  return Set::baseline;
}

Set chosen() {
  static const Set set = choose();
  return set;
}

template <class T>
const Kernels<T>& table_of(Set set) {
#ifdef BANACH_X86
  if (set == Set::avx512) return avx512::table(T());
  if (set == Set::avx2) return avx2::table(T());
#endif
  static_cast<void>(set);
  return baseline::table(T());
}

}  // namespace

template <class T>
const Kernels<T>& kernels() {
  static const Kernels<T>& table = table_of<T>(chosen());
  return table;
}
template BANACH_API const Kernels<float>& kernels<float>();
template BANACH_API const Kernels<double>& kernels<double>();

const char* instruction_set() { return names[static_cast<int>(chosen())]; }

int scratch_planes(const JetFunction& f) {
  const int powers = f.order > 1 ? (f.order - 1) * f.planes : 0;
  return 3 + f.order + 1 + f.planes + powers;
}

bool slopes_by_value(const JetFunction& f) {
  return f.function == static_cast<int>(Function::tanh) ||
         f.function == static_cast<int>(Function::sigmoid);
}

}  // namespace banach
