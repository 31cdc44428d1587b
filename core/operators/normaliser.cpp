// SPDX-License-Identifier: Apache-2.0
#include "core/operators/normaliser.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <numeric>

#include "core/expression/trace.hpp"

namespace banach {
namespace {

constexpr std::int64_t block = 64;  // samples that are read at once

// Sums over samples (and points, where scales are per channel), in double.
struct Sums {
  at::Tensor mean, squares, low, high;  // squares: of the distances from the mean (Welford)
  double count = 0;

  void add(const at::Tensor& values, bool per_point) {  // [B, C, N]
    const at::Tensor x = per_point ? values : values.transpose(0, 1).reshape({values.size(1), -1});
    const std::int64_t over = per_point ? 0 : 1;
    const auto n = static_cast<double>(x.size(over));
    const at::Tensor mean_now = x.mean(over), low_now = x.amin(over), high_now = x.amax(over);
    const at::Tensor squares_now = (x - mean_now.unsqueeze(over)).square().sum(over);
    if (count == 0) {
      mean = mean_now, squares = squares_now, low = low_now, high = high_now;
    } else {
      const at::Tensor off = mean_now - mean;
      mean = mean + off * (n / (count + n));
      squares = squares + squares_now + off.square() * (count * n / (count + n));
      low = at::minimum(low, low_now), high = at::maximum(high, high_now);
    }
    count += n;
  }
  std::pair<at::Tensor, at::Tensor> shift_and_scale(const std::string& kind) const {
    if (kind == "minmax") return {(low + high) / 2, (high - low) / 2};
    const at::Tensor variance = squares / count;
    if (kind == "rms") return {at::zeros_like(mean), (variance + mean.square()).sqrt()};
    return {mean, variance.sqrt()};
  }
};

Expression slot_row(int slot, int width) {
  Node n;
  n.op = Op::slot;
  n.index = slot;
  n.width = width;
  return Trace::current().add(n);
}

void write(const Layout& layout, int slot, const at::Tensor& values, std::vector<double>& out) {
  const Slot& place = layout.slots()[static_cast<std::size_t>(slot)];
  const at::Tensor flat = values.reshape({-1}).contiguous();
  BANACH_ASSERT(flat.numel() == place.size);
  std::copy(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel(),
            out.begin() + static_cast<std::ptrdiff_t>(place.offset));
}

}  // namespace

Normaliser::Normaliser(std::shared_ptr<const OperatorData> data, Layout& layout)
    : data_(std::move(data)) {
  const NormalisationParameters& p = data_->parameters.normalisation;
  per_point_ = p.per == "point";
  for (std::size_t i = 0; i < data_->inputs.size(); ++i) {
    const auto channels = static_cast<std::int64_t>(data_->input(i).channels.size());
    inputs_.push_back(enroll(layout, "input." + data_->input(i).name, p.inputs, channels,
                             data_->info.numbers(data_->input(i)) / channels));
  }
  if (!data_->outputs.empty())
    output_ = enroll(layout, "output", p.outputs, static_cast<std::int64_t>(data_->unknowns.size()),
                     data_->size());
}

Normaliser::Part Normaliser::enroll(Layout& layout, const std::string& name,
                                    const std::string& kind, std::int64_t channels,
                                    std::int64_t points) const {
  Part out;
  out.kind = kind;
  if (kind == "none") return out;
  const std::int64_t size = per_point_ ? channels * points : channels;
  const auto slot = [&](const char* what, Init::Kind init) {
    return layout.add(
        {"normalisation." + name + what, {size}, Init{init, 1, 0}, 1, 1, false, 0, 0});
  };
  out.shift = slot(".shift", Init::Kind::zeros);
  out.scale = slot(".scale", Init::Kind::ones);
  return out;
}

std::vector<std::string> Normaliser::fit(const Dataset& dataset, const Layout& layout,
                                         std::vector<double>& buffers) const {
  const std::int64_t size = dataset.size(Split::train);
  std::vector<Sums> sums(inputs_.size() + 1);
  for (std::int64_t first = 0; first < size; first += block) {
    std::vector<std::int64_t> which(static_cast<std::size_t>(std::min(block, size - first)));
    std::iota(which.begin(), which.end(), first);
    const auto count = static_cast<std::int64_t>(which.size());
    const OperatorBatch batch =
        make_batch(*data_, dataset.read(Split::train, which, NumberType::float64), count,
                   at::TensorOptions(at::kDouble));
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      sums[i].add(batch.inputs[i].flatten(1).reshape({count, batch.inputs[i].size(1), -1}),
                  per_point_);
    if (batch.outputs.defined())
      sums.back().add(batch.outputs.flatten(1).reshape({count, batch.outputs.size(1), -1}),
                      per_point_);
  }
  std::vector<std::string> notices;
  const auto store = [&](const Part& part, const Sums& sum, const std::string& name) {
    if (part.shift < 0 || sum.count == 0) return;
    auto [shift, scale] = sum.shift_and_scale(part.kind);
    // What hardly varies carries no information; dividing by its rounding errors would.
    const at::Tensor flat = scale <= 1e-12 * sum.low.abs().maximum(sum.high.abs());
    if (!per_point_ && flat.any().item<bool>())
      notices.push_back(fmt::format("dataset: {} is constant over the training samples", name));
    write(layout, part.shift, shift, buffers);
    write(layout, part.scale, at::where(flat, at::ones_like(scale), scale), buffers);
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    store(inputs_[i], sums[i], "input \"" + data_->input(i).name + "\"");
  store(output_, sums.back(), "an output");
  return notices;
}

at::Tensor Normaliser::affine(const Part& part, const at::Tensor& values,
                              const std::vector<at::Tensor>& slots, bool undo) const {
  if (part.shift < 0) return values;
  std::vector<std::int64_t> shape{1, values.size(1)};
  for (std::int64_t k = 2; k < values.dim(); ++k) shape.push_back(per_point_ ? values.size(k) : 1);
  const at::Tensor shift = slots[static_cast<std::size_t>(part.shift)];
  if (per_point_ && shift.numel() != values.numel() / values.size(0))
    throw ConfigError(
        "dataset.normalisation.per = \"point\" belongs to the points of the training data; other "
        "resolutions need per = \"channel\"");
  const at::Tensor s = shift.view(shape),
                   c = slots[static_cast<std::size_t>(part.scale)].view(shape);
  return undo ? at::addcmul(s, values, c) : (values - s) / c;
}

at::Tensor Normaliser::input(std::size_t i, const at::Tensor& values,
                             const std::vector<at::Tensor>& slots) const {
  return affine(inputs_[i], values, slots, false);
}
at::Tensor Normaliser::output(const at::Tensor& values,
                              const std::vector<at::Tensor>& slots) const {
  return affine(output_, values, slots, true);
}
at::Tensor Normaliser::normalised(const at::Tensor& values,
                                  const std::vector<at::Tensor>& slots) const {
  return affine(output_, values, slots, false);
}

Expression Normaliser::output(const Expression& network) const {
  if (output_.shift < 0 || per_point_) return network;
  const int width = network.width();
  return slot_row(output_.shift, width) + slot_row(output_.scale, width) * network;
}

}  // namespace banach
