// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "banach/classical.hpp"

namespace banach {

std::vector<double> numbers(const std::vector<Coefficient>& coefficients, const double* inputs) {
  std::vector<double> out;
  for (const auto& c : coefficients)
    out.push_back(c.role() == Coefficient::Role::input ? *inputs++ : c.value());
  return out;
}

int count_inputs(const std::vector<Coefficient>& coefficients) {
  return static_cast<int>(
      std::count_if(coefficients.begin(), coefficients.end(),
                    [](const Coefficient& c) { return c.role() == Coefficient::Role::input; }));
}

}  // namespace banach
