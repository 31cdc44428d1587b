// SPDX-License-Identifier: Apache-2.0
// metrics.csv as curves.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/run/folder.hpp"

namespace banach {

/// One column over the steps; rows without a finite (coefficients apart: positive) value are left
/// out.
struct MetricCurve {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

/// The columns of metrics.csv of a run, thinned to a few thousand points each; none where there is
/// no file.
std::vector<MetricCurve> read_metrics(const Folder& run);

}  // namespace banach
