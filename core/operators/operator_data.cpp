// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_data.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>

#include "core/operators/grid_derivative.hpp"
#include "datasets/axis_match.hpp"

namespace banach {
namespace {

using Role = DataVariable::Role;

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void sort_variables(OperatorData& data) {
  for (std::size_t i = 0; i < data.info.variables.size(); ++i) {
    const Role role = data.info.variables[i].role;
    if (role == Role::output) data.outputs.push_back(i);
    if (role == Role::points) data.own_points = i;
    if (role == Role::input || role == Role::parameter) data.inputs.push_back(i);
  }
  if (data.inputs.empty() && !data.own_points)
    throw ConfigError(
        "dataset: there is no input: name what the operator is given in "
        "[dataset.inputs] or [dataset.params]");
}

// The coordinate that a problem calls otherwise: data sets say "time" where equations say "t".
std::string coordinate_name(const std::string& axis, const Problem* problem) {
  if (!problem || axis != "time") return axis;
  for (const auto& own : problem->domain())
    if (own.name == "time") return axis;
  return "t";
}

Axis range_of(const DataAxis& axis, const std::string& name) {
  if (axis.values.empty()) return {name, 0, std::max<double>(1, double(axis.size) - 1), false};
  double lower = axis.values.front(), upper = axis.values.back();
  if (axis.periodic && axis.size > 1) upper += (upper - lower) / double(axis.size - 1);
  if (upper < lower) std::swap(lower, upper);
  return {name, lower, upper > lower ? upper : lower + 1, axis.periodic};
}

at::Tensor values_of(const DataAxis& axis) {
  if (axis.values.empty()) return at::arange(axis.size, at::kDouble);
  return at::tensor(axis.values, at::kDouble);
}

// Listed points: the axis "point" with coordinates of its own.
void take_points(OperatorData& data) {
  const auto dimensions = static_cast<std::int64_t>(data.info.dimensions.size());
  data.points = at::tensor(data.info.points, at::kDouble).reshape({-1, dimensions});
  for (std::int64_t d = 0; d < dimensions; ++d) {
    const at::Tensor column = data.points.select(1, d);
    const double lower = column.min().item<double>(), upper = column.max().item<double>();
    data.domain.push_back({data.info.dimensions[static_cast<std::size_t>(d)], lower,
                           upper > lower ? upper : lower + 1, false});
  }
}

void take_grid(OperatorData& data, const Problem* problem) {
  std::vector<at::Tensor> lines;
  for (const auto& name : data.axes) {
    const DataAxis& axis = *data.info.axis(name);
    data.extents.push_back(axis.size);
    data.domain.push_back(range_of(axis, coordinate_name(name, problem)));
    lines.push_back(values_of(axis));
  }
  data.grid = true;
  if (lines.empty()) {  // a number per sample: one point, no coordinates to speak of
    throw ConfigError(
        "dataset: the outputs have no axes beside the samples; use a problem of "
        "points (regression) for functions of finitely many numbers");
  }
  for (std::size_t k = 0; k < data.axes.size(); ++k) {
    const Axis& range = data.domain[k];
    const auto& values = data.info.axis(data.axes[k])->values;
    data.differences.push_back(
        spacing_of(values).even
            ? at::Tensor()
            : difference_weights(values, range.periodic ? range.upper - range.lower : 0));
  }
  std::vector<at::Tensor> columns;
  for (const auto& mesh : at::meshgrid(lines, "ij")) columns.push_back(mesh.reshape({-1}));
  data.points = at::stack(columns, 1);
}

// Axes of all outputs, in the canonical order; without outputs, those of the inputs.
void take_axes(OperatorData& data) {
  std::vector<std::size_t> from = data.outputs;
  if (from.empty()) from = data.own_points ? std::vector{*data.own_points} : data.inputs;
  for (const auto& axis : data.info.axes)
    for (const std::size_t i : from)
      if (has(data.info.variables[i].axes, axis.name) && !has(data.axes, axis.name))
        data.axes.push_back(axis.name);
  if (data.outputs.empty() && !data.info.output_axes.empty()) data.axes = data.info.output_axes;
  for (const std::size_t i : data.outputs)
    if (data.info.variables[i].axes != data.axes)
      throw ConfigError(fmt::format(
          "dataset.outputs.{}: its axes are \"{}\", those of all outputs together \"{}\"; outputs "
          "of one operator lie on the same points",
          data.info.variables[i].name, join(data.info.variables[i].axes, " "),
          join(data.axes, " ")));
}

// Points are the last axis, or the last axes where they make up a grid.
void take_weights(OperatorData& data) {
  if (data.info.weights.empty() || data.outputs.empty()) return;
  const at::Tensor all = at::tensor(data.info.weights, at::kDouble);
  Shape shape;
  std::int64_t count = 1;
  for (std::size_t k = data.axes.size(); k-- > 0 && count < all.numel();) {
    shape.insert(shape.begin(), data.info.axis(data.axes[k])->size);
    count *= shape.front();
  }
  if (count != all.numel())
    throw ConfigError(fmt::format("dataset.weights: {} weights of points, but outputs on \"{}\"",
                                  all.numel(), join(data.axes, " ")));
  data.weights = (all / all.mean()).reshape(shape);
}

void take_functions(OperatorData& data, const Problem* problem) {
  for (std::size_t i = 0; i < data.inputs.size(); ++i) {
    const DataVariable& v = data.input(i);
    InputFunction f{v.name, static_cast<int>(data.info.numbers(v)), {}};
    for (const auto& axis : v.axes) f.over.push_back(coordinate_name(axis, problem));
    data.functions.push_back(std::move(f));
  }
  for (const std::size_t i : data.outputs)
    for (const auto& channel : data.info.variables[i].channels) {
      if (has(data.unknowns, channel))
        throw ConfigError(fmt::format(
            "dataset.outputs.{}: two outputs are called \"{}\"; give this one another name",
            data.info.variables[i].name, channel));
      data.unknowns.push_back(channel);
    }
}

[[noreturn]] void misfit(const std::string& what, const std::vector<std::string>& has,
                         const std::vector<std::string>& needs) {
  throw ConfigError(fmt::format("dataset: the problem's {} are {}, those of the data set {}", what,
                                needs.empty() ? "none" : join(needs),
                                has.empty() ? "none" : join(has)));
}

void fit_problem(OperatorData& data, const Problem& problem) {
  std::vector<std::string> own, given;
  for (const auto& f : problem.functions()) own.push_back(f.name);
  for (const auto& f : data.functions) given.push_back(f.name);
  for (const auto& name : own)
    if (!has(given, name)) misfit("input functions", given, own);
  if (!data.outputs.empty() && data.unknowns != problem.unknowns())
    misfit("unknowns", data.unknowns, problem.unknowns());
  data.unknowns = problem.unknowns();
  own.clear(), given.clear();
  for (const auto& axis : problem.domain()) own.push_back(axis.name);
  for (const auto& axis : data.domain) given.push_back(axis.name);
  auto sorted = [](std::vector<std::string> v) { return std::sort(v.begin(), v.end()), v; };
  const bool placed = !data.info.output_axes.empty() && sorted(own) == sorted(given);
  if (!data.outputs.empty() && sorted(own) != sorted(given)) misfit("coordinates", given, own);
  if (data.outputs.empty() && own != given &&
      !placed) {  // inputs alone: the problem says where to look
    data.grid = false;
    data.points = at::Tensor();
    data.extents.clear();
    data.axes.clear();
  }
}

}  // namespace

int OperatorData::channels() const {
  int out = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) out += static_cast<int>(input(i).channels.size());
  return out;
}

std::vector<at::Tensor> OperatorData::scaled_axes(at::TensorOptions options) const {
  std::vector<at::Tensor> out;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const Axis& range = (scales.empty() ? domain : scales)[k];
    out.push_back(
        ((values_of(*info.axis(axes[k])) - range.lower) / (range.upper - range.lower)).to(options));
  }
  return out;
}

at::Tensor OperatorData::from_origin(const at::Tensor& values) const {
  if (!info.origin || info.origin->empty()) return values;
  return values - at::tensor(*info.origin, at::kDouble);
}

Domain OperatorData::network_domain() const {
  Domain out = domain;
  for (std::size_t k = 0; info.origin && k < info.origin->size(); ++k)
    out[k].lower -= (*info.origin)[k], out[k].upper -= (*info.origin)[k];
  return out;
}

namespace {

// The lower ends: then no shift of an axis is seen, and float32 resolves distances wherever it is.
std::vector<double> origin_of(const Domain& domain) {
  std::vector<double> out;
  for (const Axis& axis : domain) out.push_back(axis.lower);
  const bool zero = std::all_of(out.begin(), out.end(), [](double x) { return x == 0; });
  return zero ? std::vector<double>() : out;
}

}  // namespace

std::shared_ptr<const OperatorData> make_operator_data(const DatasetParameters& parameters,
                                                       const DatasetInfo& info,
                                                       const Problem* problem) {
  auto data = std::make_shared<OperatorData>();
  data->parameters = parameters, data->info = info;
  sort_variables(*data);
  take_axes(*data);
  const bool listed = !info.points.empty() && data->axes == std::vector<std::string>{"point"};
  if (data->own_points) {
    for (std::size_t d = 0; d < info.dimensions.size(); ++d) {
      const bool known = d < info.lower.size() && info.upper[d] > info.lower[d];
      data->domain.push_back(
          {info.dimensions[d], known ? info.lower[d] : 0, known ? info.upper[d] : 1, false});
    }
  } else if (listed) {
    take_points(*data);
    data->extents = {data->points.size(0)};
  } else {
    take_grid(*data, problem);
  }
  take_weights(*data);
  take_functions(*data, problem);
  if (problem)
    fit_problem(*data, *problem);
  else if (!data->info.origin)
    data->info.origin = origin_of(data->domain);
  if (const auto& origin = data->info.origin;
      origin && !origin->empty() && origin->size() != data->domain.size())
    throw ConfigError(fmt::format("dataset: an origin of {} coordinates, but outputs with {}",
                                  origin->size(), data->domain.size()));
  return data;
}

}  // namespace banach
