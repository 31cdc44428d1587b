// SPDX-License-Identifier: Apache-2.0
#include "core/operators/normaliser.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>

#include "core/expression/trace.hpp"
#include "core/operators/data_statistics.hpp"
#include "core/training/points.hpp"

namespace banach {
namespace {

Expression slot_row(int slot, int width) {
  Node n;
  n.op = Op::slot;
  n.index = slot;
  n.width = width;
  return Trace::current().add(n);
}

const Slot& slot_of(const Layout& layout, int slot) {
  return layout.slots()[static_cast<std::size_t>(slot)];
}

void write(const Slot& place, const at::Tensor& values, std::vector<double>& out) {
  const at::Tensor flat = values.reshape({-1}).contiguous();
  BANACH_ASSERT(flat.numel() == place.size);
  std::copy(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel(),
            out.begin() + static_cast<std::ptrdiff_t>(place.offset));
}

// Outputs of all variables side by side.
at::Tensor scaled_outputs(const OperatorData& data, const std::vector<DataArray>& arrays,
                          std::int64_t count, const Scaling& scaling, at::TensorOptions options) {
  const DatasetInfo& info = data.info;
  Shape shape = array_shape(info, info.variables[data.outputs[0]], count);
  shape[1] = static_cast<std::int64_t>(data.unknowns.size());
  at::Tensor out = at::empty(shape, options);
  std::int64_t first = 0;
  for (const std::size_t i : data.outputs) {
    const auto channels = static_cast<std::int64_t>(info.variables[i].channels.size());
    scale_into(arrays[i], channels, scaling, out, first);
    first += channels;
  }
  return data.own_points && out.dim() == 2 ? out.unsqueeze(-1) : out;
}

// Of own points, arrays [B, coordinates, P].
Scaling from_origins(const OperatorData& data, const Origins& origins) {
  at::Tensor shift = at::zeros({static_cast<std::int64_t>(data.domain.size())}, at::kDouble);
  if (data.info.origin && !data.info.origin->empty())
    shift = shift + at::tensor(*data.info.origin, at::kDouble);
  if (!origins.empty()) shift = shift + at::tensor(origins, at::kDouble);
  if (!shift.any().item<bool>()) return {};
  return {shift, at::ones_like(shift)};
}

}  // namespace

Normaliser::Normaliser(std::shared_ptr<const OperatorData> data, Layout& layout, Origins origins)
    : data_(std::move(data)), origins_(std::move(origins)), numbers_(std::make_shared<Numbers>()) {
  const NormalisationParameters& p = data_->parameters.normalisation;
  per_point_ = p.per == "point";
  for (std::size_t i = 0; i < data_->inputs.size(); ++i) {
    const auto channels = static_cast<std::int64_t>(data_->input(i).channels.size());
    inputs_.push_back(enroll(layout, "input." + data_->input(i).name, p.inputs, channels,
                             data_->info.numbers(data_->input(i)) / channels));
  }
  numbers_->inputs.resize(inputs_.size());
  if (data_->outputs.empty()) return;
  if (per_point_ && data_->own_points)
    throw ConfigError(
        "dataset.normalisation.per = \"point\" needs points that all samples share; here every "
        "sample has its own: use per = \"channel\"");
  output_ = enroll(layout, "output", p.outputs, static_cast<std::int64_t>(data_->unknowns.size()),
                   data_->size());
}

Normaliser::Part Normaliser::enroll(Layout& layout, const std::string& name,
                                    const std::string& kind, std::int64_t channels,
                                    std::int64_t points) const {
  Part out;
  out.kind = kind;
  if (kind == "none") return out;
  if (per_point_)
    out.shape = {channels, points};
  else
    out.shape = {channels};
  const std::int64_t size = per_point_ ? channels * points : channels;
  const auto slot = [&](const char* what, Init::Kind init) {
    return layout.add(
        {"normalisation." + name + what, {size}, Init{init, 1, 0}, 1, 1, false, 0, 0});
  };
  out.shift = slot(".shift", Init::Kind::zeros);
  out.scale = slot(".scale", Init::Kind::ones);
  return out;
}

std::vector<Normaliser::Place> Normaliser::places() const {
  std::vector<Place> out;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    out.push_back({&numbers_->inputs[i], &inputs_[i], inputs_[i].shape});
  out.push_back({&numbers_->output, &output_, output_.shape});
  if (!data_->outputs.empty())
    out.push_back({&numbers_->loss, nullptr, {static_cast<std::int64_t>(data_->unknowns.size())}});
  return out;
}

std::vector<std::string> Normaliser::fit(const Dataset& dataset, const Layout& layout,
                                         std::vector<double>& buffers) const {
  const DataStatistics statistics(*data_, dataset, per_point_);
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    numbers_->inputs[i] = statistics.input(i, inputs_[i].kind, per_point_);
  numbers_->output = statistics.output(output_.kind, per_point_);
  numbers_->loss = statistics.output(loss_kind(), false);
  for (const Place& place : places()) {
    if (!place.part || place.part->shift < 0 || !place.scaling->defined()) continue;
    write(slot_of(layout, place.part->shift), place.scaling->shift, buffers);
    write(slot_of(layout, place.part->scale), place.scaling->scale, buffers);
  }
  return statistics.notices();
}

at::Tensor Normaliser::numbers() const {
  std::vector<at::Tensor> out{at::empty({0}, at::kDouble)};
  for (const Place& place : places()) {
    if (place.shape.empty()) continue;
    const bool known = place.scaling->defined();
    out.push_back(known ? place.scaling->shift.reshape({-1})
                        : at::zeros(place.shape, at::kDouble).reshape({-1}));
    out.push_back(known ? place.scaling->scale.reshape({-1})
                        : at::ones(place.shape, at::kDouble).reshape({-1}));
  }
  return at::cat(out);
}

void Normaliser::set(const at::Tensor& numbers) const {
  std::int64_t next = 0;
  const auto take = [&](const Shape& shape) {
    const std::int64_t size = shape.size() == 2 ? shape[0] * shape[1] : shape[0];
    if (next + size > numbers.numel())
      throw DataError(
          fmt::format("the checkpoint has {} scales of inputs and outputs, the "
                      "configuration asks for more",
                      numbers.numel()));
    next += size;
    return numbers.narrow(0, next - size, size).reshape(shape).contiguous();
  };
  for (const Place& place : places()) {
    if (place.shape.empty()) continue;
    at::Tensor shift = take(place.shape);
    *place.scaling = {std::move(shift), take(place.shape)};
  }
}

void Normaliser::take(const Layout& layout, const at::Tensor& buffers,
                      const Dataset* dataset) const {
  const at::Tensor all = buffers.to(at::kCPU, at::kDouble);
  const auto read = [&](int number, const Shape& shape) {
    const Slot& slot = slot_of(layout, number);
    return all.narrow(0, slot.offset, slot.size).reshape(shape).contiguous();
  };
  for (const Place& place : places())
    if (place.part && place.part->shift >= 0)
      *place.scaling = {read(place.part->shift, place.shape), read(place.part->scale, place.shape)};
  if (alike())
    numbers_->loss = numbers_->output;
  else if (dataset && !data_->outputs.empty())
    numbers_->loss = DataStatistics(*data_, *dataset, false).output(loss_kind(), false);
}

OperatorBatch Normaliser::scaled(const std::vector<DataArray>& arrays, std::int64_t count,
                                 at::TensorOptions options, bool own) const {
  const DatasetInfo& info = data_->info;
  BANACH_ASSERT(arrays.size() == info.variables.size());
  const at::TensorOptions here = options.device(at::kCPU).requires_grad(false);
  OperatorBatch out;
  out.count = count;
  const auto tensor = [&](std::size_t i, const Scaling& scaling) {
    const DataVariable& variable = info.variables[i];
    at::Tensor t = at::empty(array_shape(info, variable, count), here);
    scale_into(arrays[i], static_cast<std::int64_t>(variable.channels.size()), scaling, t);
    return t;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    out.inputs.push_back(tensor(data_->inputs[i], input(i)).to(options));
    if (own) out.own.push_back(tensor(data_->inputs[i], {}).to(options));
  }
  if (data_->own_points)
    out.points =
        points_last(tensor(*data_->own_points, from_origins(*data_, origins_))).to(options);
  if (!data_->outputs.empty())
    out.outputs = scaled_outputs(*data_, arrays, count, loss(), here).to(options);
  return out;
}

OperatorBatch Normaliser::scaled(const OperatorBatch& raw, at::TensorOptions options,
                                 bool own) const {
  OperatorBatch out;
  out.count = raw.count;
  for (std::size_t i = 0; i < raw.inputs.size(); ++i) {
    out.inputs.push_back(scaled_copy(raw.inputs[i], input(i), options));
    if (own) out.own.push_back(raw.inputs[i].to(options));
  }
  if (raw.outputs.defined()) out.outputs = scaled_copy(raw.outputs, loss(), options);
  if (raw.points.defined())
    out.points = point_tensor(data_->from_origin(raw.points), origins_, options);
  return out;
}

Expression Normaliser::output(const Expression& network) const {
  if (output_.shift < 0 || per_point_) return network;
  const int width = network.width();
  return slot_row(output_.shift, width) + slot_row(output_.scale, width) * network;
}

}  // namespace banach
