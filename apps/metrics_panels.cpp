// SPDX-License-Identifier: Apache-2.0
#include "apps/metrics_panels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

/// "u.mae" of an unknown u.
bool is_error(const MetricCurve& curve, const std::vector<std::string>& unknowns) {
  const std::string owner = curve.name.substr(0, curve.name.rfind('.'));
  return owner != curve.name &&
         std::find(unknowns.begin(), unknowns.end(), owner) != unknowns.end();
}

bool is_loss(const MetricCurve& curve) {
  return curve.name == "loss" || curve.name.rfind("loss.", 0) == 0;
}

bool is_coefficient(const MetricCurve& curve) { return curve.name.rfind("coefficient.", 0) == 0; }

void plot_curves(Gnuplot& gnuplot, const std::vector<MetricCurve>& curves,
                 const std::string& title) {
  auto& script = gnuplot.script();
  curve_axes(script, title, "step", !is_coefficient(curves[0]));
  script << "set xrange [0:*]\n";
  std::vector<std::string> parts;
  std::size_t colour = 0;
  for (const auto& curve : curves) {
    const std::string file = fmt::format("metrics-{}-{}", title, parts.size());
    auto data = gnuplot.data(file);
    for (const auto& [step, value] : curve.points) data << step << ' ' << value << '\n';
    const bool total = curve.name == "loss";
    parts.push_back(fmt::format(
        "'{}' using 1:2 with lines linewidth {} linecolor '{}' title {}", file, total ? 1.8 : 1.2,
        total ? "#222222" : curve_colours[colour++ % std::size(curve_colours)],
        gnuplot_text(curve.name)));
  }
  script << "plot " << fmt::format("{}", fmt::join(parts, ", \\\n  ")) << "\nset xrange [*:*]\n";
}

}  // namespace

std::vector<std::pair<const std::vector<MetricCurve>*, const char*>> History::panels() const {
  std::vector<std::pair<const std::vector<MetricCurve>*, const char*>> out;
  for (const auto& panel : {std::pair(&losses, "loss"), std::pair(&errors, "error"),
                            std::pair(&coefficients, "coefficient")})
    if (!panel.first->empty()) out.push_back(panel);
  return out;
}

History history_of(const std::filesystem::path& run, const std::vector<std::string>& unknowns) {
  History out;
  for (auto& curve : read_metrics(run)) {
    if (curve.points.empty()) continue;
    if (is_loss(curve))
      out.losses.push_back(std::move(curve));
    else if (is_error(curve, unknowns))
      out.errors.push_back(std::move(curve));
    else if (is_coefficient(curve))
      out.coefficients.push_back(std::move(curve));
  }
  return out;
}

void draw_metrics(Gnuplot& gnuplot, const PageLayout& layout, const History& metrics) {
  const auto panels = metrics.panels();
  int column = 0;
  for (const auto& [curves, title] : panels) {
    layout.place(gnuplot.script(), 0, column++, static_cast<int>(panels.size()));
    plot_curves(gnuplot, *curves, title);
  }
}

}  // namespace banach
