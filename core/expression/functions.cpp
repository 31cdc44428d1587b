// SPDX-License-Identifier: Apache-2.0
// Functions of one expression, and activations by name.
#include <cmath>

#include "banach/config.hpp"
#include "banach/expression.hpp"
#include "core/expression/branches.hpp"
#include "core/expression/trace.hpp"

namespace banach {

Expression pow(E x, double exponent) {
  if (!x.trace()) return std::pow(x.constant(), exponent);
  if (exponent == 0) return combine({{0, x}, {1, 1.0}});
  if (exponent == 1) return x;
  if (exponent == 2) return x * x;
  return apply(Function::power, x, exponent);
}
Expression pow(E x, int exponent) { return pow(x, static_cast<double>(exponent)); }

#define BANACH_FUNCTION(name)                                                           \
  Expression name(E x) {                                                                \
    return !x.trace() ? Expression(std::name(x.constant())) : apply(Function::name, x); \
  }
BANACH_FUNCTION(sin)
BANACH_FUNCTION(cos)
BANACH_FUNCTION(exp)
BANACH_FUNCTION(log)
BANACH_FUNCTION(sqrt)
BANACH_FUNCTION(tanh)
#undef BANACH_FUNCTION
Expression sigmoid(E x) { return apply(Function::sigmoid, x); }
Expression softplus(E x) { return apply(Function::softplus, x); }
Expression gelu(E x) { return apply(Function::gelu, x); }
Expression silu(E x) { return apply(Function::silu, x); }
Expression relu(E x) { return apply(Function::relu, x); }

Expression abs(E x) { return !x.trace() ? Expression(std::abs(x.constant())) : select(x, x, -x); }
Expression max(E a, E b) { return where(a - b, a, b); }
Expression min(E a, E b) { return where(a - b, b, a); }

namespace {
const std::vector<std::pair<std::string, Function>>& activation_table() {
  static const std::vector<std::pair<std::string, Function>> table = {
      {"tanh", Function::tanh}, {"sin", Function::sin},   {"sigmoid", Function::sigmoid},
      {"gelu", Function::gelu}, {"silu", Function::silu}, {"softplus", Function::softplus},
      {"relu", Function::relu}};
  return table;
}
}  // namespace

std::vector<std::string> activations() {
  std::vector<std::string> names;
  for (const auto& entry : activation_table()) names.push_back(entry.first);
  return names;
}

Expression activate(const std::string& name, E x) { return apply(activation_of(name), x); }

Function activation_of(const std::string& name) {
  for (const auto& [known, f] : activation_table())
    if (known == name) return f;
  throw ConfigError("there is no activation \"" + name + "\"; known: " + join(activations()));
}

}  // namespace banach
