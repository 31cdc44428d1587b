// SPDX-License-Identifier: Apache-2.0
#include "apps/metrics_table.hpp"

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "core/run/atomic_file.hpp"
#include "datasets/csv_records.hpp"

namespace banach {
namespace {

constexpr std::size_t most_points = 4000;  // more cannot be seen, and make a heavy svg

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (const auto& cell : csv_cells(line, ',').cells) cells.emplace_back(cell.text);
  return cells;
}

void thin_out(MetricCurve& curve) {
  const std::size_t stride = curve.points.size() / most_points + 1;
  std::vector<std::pair<double, double>> kept;
  for (std::size_t i = 0; i < curve.points.size(); i += stride) kept.push_back(curve.points[i]);
  curve.points = std::move(kept);
}

}  // namespace

std::vector<MetricCurve> read_metrics(const Folder& run) {
  const std::string name = "metrics.csv";
  std::istringstream in(run.has(name) ? run.text(name) : "");
  std::string line;
  std::vector<MetricCurve> curves;
  if (!std::getline(in, line)) return curves;
  const auto names = cells_of(line);
  for (std::size_t i = 1; i < names.size(); ++i) curves.push_back({names[i], {}});
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    for (std::size_t i = 1; i < cells.size() && i <= curves.size(); ++i) {
      const double value = std::strtod(cells[i].c_str(), nullptr);
      const bool shown = value > 0 || names[i].rfind("coefficient.", 0) == 0;  // others: log axes
      if (!cells[i].empty() && std::isfinite(value) && shown)
        curves[i - 1].points.emplace_back(std::strtod(cells[0].c_str(), nullptr), value);
    }
  }
  for (auto& curve : curves) thin_out(curve);
  return curves;
}

}  // namespace banach
