// SPDX-License-Identifier: Apache-2.0
#include "core/operators/prediction_file.hpp"

#include <fcntl.h>
#include <torch/types.h>

#include <algorithm>
#include <numeric>

#include "core/operators/xdmf.hpp"
#include "core/run/atomic_file.hpp"
#include "datasets/output_names.hpp"

namespace banach {
namespace {

std::vector<std::string> kinds_of(bool targets) {
  if (targets) return {"prediction", "target", "error"};
  return {"prediction"};
}

// values[places[i]] is the file's entry i.
std::vector<double> of_file(const DataAxis& axis) {
  std::vector<double> out = axis.values;
  for (std::size_t i = 0; i < axis.places.size(); ++i)
    out[i] = axis.values[static_cast<std::size_t>(axis.places[i])];
  return out;
}

// Runs through the places of one axis, or of the axes of a grid that the file lists as points.
struct Part {
  std::vector<std::int64_t> places;
  std::int64_t size = 1;  // of the axes it stands for
};

Part whole(const DataAxis& axis) {
  Part out{axis.places, axis.size};
  if (out.places.empty()) {
    out.places.resize(static_cast<std::size_t>(axis.size));
    std::iota(out.places.begin(), out.places.end(), std::int64_t{0});
  }
  return out;
}

at::Tensor order_of(const std::vector<Part>& parts) {
  std::vector<std::int64_t> order{0};
  for (const Part& part : parts) {
    std::vector<std::int64_t> next;
    for (const std::int64_t outer : order)
      for (const std::int64_t inner : part.places) next.push_back(outer * part.size + inner);
    order = std::move(next);
  }
  return std::is_sorted(order.begin(), order.end()) ? at::Tensor() : at::tensor(order, at::kLong);
}

std::vector<double> column_of(const std::vector<double>& rows, std::size_t k, std::size_t width) {
  std::vector<double> out;
  for (std::size_t i = k; i < rows.size(); i += width) out.push_back(rows[i]);
  return out;
}

std::vector<double> column_of(const at::Tensor& points, std::size_t k) {
  const at::Tensor column = points.select(1, static_cast<std::int64_t>(k)).contiguous();
  return {column.data_ptr<double>(), column.data_ptr<double>() + column.numel()};
}

}  // namespace

PredictionLayout prediction_layout(const OperatorData& where, const Unknowns& unknowns,
                                   const std::vector<std::string>& kinds) {
  PredictionLayout out;
  OutputNames names;
  for (const auto& unknown : unknowns)
    for (const auto& kind : kinds)
      out.fields.push_back({unknown, kind, names.take(unknown + "/" + kind)});
  out.sample = names.take("sample", "_axis");
  const GridPoints& listed = where.info.grid_points;
  const auto in_grid = [&](const std::string& name) {
    return std::find(listed.axes.begin(), listed.axes.end(), name) != listed.axes.end();
  };
  std::vector<Part> parts;
  for (std::size_t k = 0; k < where.axes.size(); ++k) {
    const DataAxis& axis = *where.info.axis(where.axes[k]);
    if (!in_grid(axis.name)) {
      parts.push_back(whole(axis));
      out.axes.push_back(
          {names.take(axis.name, "_axis"), axis.size, of_file(axis), axis.periodic, axis.units});
    } else if (k == 0 || !in_grid(where.axes[k - 1])) {
      const auto size = static_cast<std::int64_t>(listed.places.size());
      parts.push_back({listed.places, size});
      out.axes.push_back({names.take("point", "_axis"), size, {}, false, {}});
    }
  }
  out.order = order_of(parts);
  out.own_points = where.own_points.has_value();
  const bool from_list = std::any_of(where.axes.begin(), where.axes.end(), in_grid);
  const bool scattered = !where.grid && where.points.defined() && !out.own_points;
  if (!from_list && !scattered && !out.own_points) return out;
  const auto& dimensions = from_list ? listed.axes : where.info.dimensions;
  for (std::size_t d = 0; d < dimensions.size(); ++d)
    out.columns.push_back({names.take("coords/" + dimensions[d], "_axis"),
                           from_list   ? column_of(listed.points, d, dimensions.size())
                           : scattered ? column_of(where.points, d)
                                       : std::vector<double>()});
  return out;
}

PredictionFile::PredictionFile(const std::filesystem::path& out, const OperatorData& where,
                               const Unknowns& unknowns, std::int64_t samples, bool targets)
    : out_(out),
      layout_(prediction_layout(where, unknowns, kinds_of(targets))),
      samples_(samples),
      targets_(targets),
      file_(out) {
  if (has_xdmf(layout_)) viewers_.emplace(xdmf_path(out));
  file_.dimension(layout_.sample, samples);
  for (const auto& axis : layout_.axes) {
    if (axis.values.empty())
      file_.dimension(axis.path, axis.size);
    else
      file_.add(axis.path, {axis.size}, axis.values);
    if (axis.periodic) file_.attribute(axis.path, "periodic", std::int64_t{1});
    if (!axis.units.empty()) file_.attribute(axis.path, "units", axis.units);
  }
  for (const auto& column : layout_.columns) {
    if (layout_.own_points)
      create(column.path);
    else
      file_.add(column.path, {static_cast<std::int64_t>(column.values.size())}, column.values);
  }
  for (const auto& field : layout_.fields) create(field.path);
}

void PredictionFile::create(const std::string& path) {
  Shape shape{samples_};
  for (const auto& axis : layout_.axes) shape.push_back(axis.size);
  file_.create<double>(path, shape);
  file_.attach(path, 0, layout_.sample);
  for (std::size_t k = 0; k < layout_.axes.size(); ++k)
    file_.attach(path, static_cast<int>(k) + 1, layout_.axes[k].path);
}

void PredictionFile::put(const std::string& path, const at::Tensor& values, std::int64_t first) {
  at::Tensor flat = values.flatten(1).to(at::kCPU, at::kDouble);
  if (layout_.order.defined()) flat = flat.index_select(1, layout_.order);
  flat = flat.contiguous();
  file_.write(path, first * flat.size(1), flat.numel(), flat.data_ptr<double>());
}

void PredictionFile::write(const at::Tensor& outputs, const OperatorBatch& batch,
                           std::int64_t first, const at::Tensor& points) {
  for (std::size_t d = 0; layout_.own_points && d < layout_.columns.size(); ++d) {
    const at::Tensor column = points.select(1, static_cast<std::int64_t>(d)).contiguous();
    const std::int64_t each = column.numel() / std::max<std::int64_t>(1, column.size(0));
    file_.write(layout_.columns[d].path, first * each, column.numel(), column.data_ptr<double>());
  }
  const std::size_t kinds = targets_ ? 3 : 1;
  for (std::size_t f = 0; f < layout_.fields.size(); f += kinds) {
    const auto channel = static_cast<std::int64_t>(f / kinds);
    const at::Tensor found = outputs.select(1, channel);
    put(layout_.fields[f].path, found, first);
    if (!targets_) continue;
    const at::Tensor target = batch.outputs.select(1, channel);
    put(layout_.fields[f + 1].path, target, first);
    put(layout_.fields[f + 2].path, found - target, first);
  }
}

void PredictionFile::state_units(const OperatorData& trained) {
  std::size_t unknown = 0;
  const std::size_t kinds = targets_ ? 3 : 1;
  for (const std::size_t i : trained.outputs) {
    const DataVariable& variable = trained.info.variables[i];
    for (std::size_t c = 0; c < variable.channels.size(); ++c, ++unknown)
      for (std::size_t k = 0; k < kinds && !variable.units.empty(); ++k)
        file_.attribute(layout_.fields[unknown * kinds + k].path, "units", variable.units);
  }
}

std::filesystem::path PredictionFile::commit(const std::string& run) {
  file_.attribute("/", "format", std::string("banach predictions 1"));
  file_.attribute("/", "run", run);
  if (viewers_) {
    const std::string text = xdmf_text(out_, layout_, samples_);
    const Descriptor to = open_file(viewers_->temporary(), O_WRONLY | O_TRUNC);
    write_all(to.get(), std::string_view(text), viewers_->path());
  }
  file_.commit();
  if (viewers_) viewers_->commit();
  return viewers_ ? viewers_->path() : std::filesystem::path();
}

}  // namespace banach
