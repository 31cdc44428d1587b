// SPDX-License-Identifier: Apache-2.0
#include "apps/sample_field.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_along_map = 256, most_along_curve = 2048;

std::vector<double> numbers_of(const at::Tensor& t) {
  const at::Tensor flat = t.to(at::kCPU, at::kDouble).contiguous().view(-1);
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

bool is_time_axis(const std::string& name) { return name == "t" || name == "time"; }

std::vector<double> coordinates_of(const OperatorData& data, const std::string& name,
                                   std::int64_t size) {
  for (const DataAxis& axis : data.info.axes)
    if (axis.name == name && !axis.values.empty()) return axis.values;
  std::vector<double> out(static_cast<std::size_t>(size));
  std::iota(out.begin(), out.end(), 0.0);
  return out;
}

MapAxis range_along(const std::string& name, const std::vector<double>& values) {
  const auto [lower, upper] = colour_range(values);
  return {name, lower, upper};
}

bool equal_steps(const std::vector<double>& values) {
  if (values.size() < 2) return false;
  const double step = (values.back() - values.front()) / double(values.size() - 1);
  for (std::size_t i = 1; i < values.size(); ++i)
    if (std::abs(values[i] - values[i - 1] - step) > 1e-3 * std::abs(step)) return false;
  return true;
}

// On listed points: curves over one coordinate, in its order, else coloured points.
SampleField scattered(const OperatorData& data, const at::Tensor& values, std::string& remarks) {
  SampleField out;
  at::Tensor order = at::arange(values.numel(), at::kLong);
  if (data.domain.size() == 1) order = data.points.select(1, 0).argsort();
  const at::Tensor points = data.points.index_select(0, order);
  out.values = numbers_of(values.to(at::kCPU).index_select(0, order));
  out.x = numbers_of(points.select(1, 0));
  out.axes.push_back(range_along(data.domain[0].name, out.x));
  if (data.domain.size() == 1) return out;
  out.y = numbers_of(points.select(1, 1));
  out.axes.push_back(range_along(data.domain[1].name, out.y));
  out.style = "points pointtype 7 pointsize 0.5 linecolor palette";
  for (std::size_t d = 2; d < data.domain.size(); ++d)
    add_remark(remarks, "points seen along " + data.domain[d].name);
  return out;
}

std::vector<std::int64_t> space_then_time(const std::vector<std::string>& axes) {
  std::vector<std::int64_t> order;
  for (const bool time : {false, true})
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (is_time_axis(axes[i]) == time) order.push_back(static_cast<std::int64_t>(i));
  return order;
}

std::vector<double> thinned(const std::vector<double>& values, std::int64_t stride) {
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); i += std::size_t(stride)) out.push_back(values[i]);
  return out;
}

// The points of a grid of one or two axes.
void spread(SampleField& field, const std::vector<std::vector<double>>& lines) {
  if (lines.size() == 1) field.x = lines[0];
  if (lines.size() == 1) return;
  for (const double x : lines[0]) {
    field.x.insert(field.x.end(), lines[1].size(), x);
    field.y.insert(field.y.end(), lines[1].begin(), lines[1].end());
  }
  if (!equal_steps(lines[0]) || !equal_steps(lines[1]))
    field.style = "points pointtype 5 pointsize 0.5 linecolor palette";
}

}  // namespace

SampleField sample_field(const OperatorData& data, const std::vector<std::string>& axes,
                         const at::Tensor& values, std::string& remarks) {
  const bool listed = axes.size() == 1 && axes[0] == "point" && !data.grid;
  if (listed && data.points.defined() && data.points.size(0) == values.numel())
    return scattered(data, values, remarks);
  const auto order = space_then_time(axes);
  at::Tensor rest = values.permute(order);
  SampleField out;
  std::vector<std::vector<double>> lines;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::string& name = axes[static_cast<std::size_t>(order[k])];
    const auto dim = static_cast<std::int64_t>(k);
    const std::int64_t size = rest.size(dim);
    const auto along = coordinates_of(data, name, size);
    if (k >= 2) {
      const std::int64_t at = is_time_axis(name) ? size - 1 : size / 2;
      rest = rest.narrow(dim, at, 1);
      add_remark(remarks, fmt::format("a slice at {} = {:.4g}", name, along[std::size_t(at)]));
      continue;
    }
    const std::int64_t most = order.size() == 1 ? most_along_curve : most_along_map;
    const std::int64_t stride = (size + most - 1) / most;
    rest = rest.slice(dim, 0, size, stride);
    lines.push_back(thinned(along, stride));
    out.axes.push_back(range_along(name, lines.back()));
  }
  out.values = numbers_of(rest);
  spread(out, lines);
  return out;
}

void draw_field_map(Gnuplot& gnuplot, const SampleField& field, const std::string& file,
                    const std::string& title, const char* palette,
                    std::pair<double, double> range) {
  auto out = gnuplot.data(file);
  for (std::size_t i = 0; i < field.values.size(); ++i)
    out << field.x[i] << ' ' << field.y[i] << ' ' << field.values[i] << '\n';
  out.close();
  draw_map(gnuplot, {file, title, palette, range, field.axes[0], field.axes[1], field.style});
}

void draw_field_curves(Gnuplot& gnuplot, const std::vector<FieldCurve>& curves,
                       const std::string& file, const std::string& title, bool log) {
  auto out = gnuplot.data(file);
  for (const auto& curve : curves) {
    for (std::size_t i = 0; i < curve.field->values.size(); ++i)
      out << curve.field->x[i] << ' ' << curve.field->values[i] << '\n';
    out << "\n\n";
  }
  out.close();
  curve_axes(gnuplot.script(), title, curves[0].field->axes[0].name, log);
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < curves.size(); ++k)
    parts.push_back(fmt::format(
        "'{}' index {} using 1:2 with lines {} {}", file, k, curves[k].look,
        curves[k].title.empty() ? "notitle" : "title " + gnuplot_text(curves[k].title)));
  gnuplot.script() << "plot " << fmt::format("{}", fmt::join(parts, ", \\\n  ")) << '\n';
}

}  // namespace banach
