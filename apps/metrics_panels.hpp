// SPDX-License-Identifier: Apache-2.0
// What a training measured, as panels of a picture.
#pragma once
#include "apps/metrics_table.hpp"
#include "apps/panels.hpp"

namespace banach {

/// The curves of metrics.csv, one group per panel.
struct History {
  std::vector<MetricCurve> losses, errors, coefficients;
  std::vector<std::pair<const std::vector<MetricCurve>*, const char*>> panels() const;
  int rows() const { return panels().empty() ? 0 : 1; }
};

/// Of a run with these unknowns; empty where it has no metrics.csv.
History history_of(const std::filesystem::path& run, const std::vector<std::string>& unknowns);

/// Fills the upper row.
void draw_metrics(Gnuplot& gnuplot, const PageLayout& layout, const History& metrics);

}  // namespace banach
