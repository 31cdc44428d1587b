// SPDX-License-Identifier: Apache-2.0
// A cheap stand-in for a training: loss over learning rate, batch size and steps.
#pragma once
#include <cmath>

#include "core/study/space.hpp"

namespace banach::testing {

/// lr loguniform in [1e-4, 1e-1], batch in 1 .. 511, steps in 1 000 .. 49 999.
inline Space toy_space() {
  Space space(3);
  space[0].name = space[0].key = "lr";
  space[0].low = 1e-4, space[0].high = 1e-1, space[0].log = true;
  space[1].name = space[1].key = "batch";
  space[1].low = 1, space[1].high = 511;
  space[2].name = space[2].key = "steps";
  space[2].low = 1000, space[2].high = 49999;
  for (const std::size_t i : {1, 2}) space[i].kind = Dimension::Kind::integer, space[i].step = 1;
  return space;
}

inline double toy(const std::vector<double>& p) {
  const double lr = std::log10(p[0]) + 2.5, batch = std::log2(p[1]) - 5;
  return lr * lr + 0.03 * batch * batch + 2 / std::sqrt(p[2] / 1000);
}

}  // namespace banach::testing
