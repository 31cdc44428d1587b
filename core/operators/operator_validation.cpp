// SPDX-License-Identifier: Apache-2.0
#include "core/operators/operator_validation.hpp"

#include <torch/types.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/operators/data_loss.hpp"
#include "core/operators/operator_errors.hpp"

namespace banach {
namespace {

constexpr std::int64_t most_numbers = 1 << 22;  // of outputs at once

// How many samples are predicted at once.
std::int64_t block_of(const OperatorData& data) {
  const std::int64_t numbers =
      data.size() * static_cast<std::int64_t>(data.unknowns.size());  // 0 without outputs
  return std::clamp<std::int64_t>(most_numbers / (16 * std::max<std::int64_t>(1, numbers)), 1, 64);
}

// Samples in their own units, in order.
template <class F>
void walk(const OperatorData& data, const Dataset& dataset, Split split, std::int64_t block,
          const F& call) {
  const std::int64_t size = dataset.size(split);
  at::NoGradGuard no_grad;
  for (std::int64_t first = 0; first < size; first += block) {
    std::vector<std::int64_t> which(static_cast<std::size_t>(std::min(block, size - first)));
    std::iota(which.begin(), which.end(), first);
    const auto count = static_cast<std::int64_t>(which.size());
    call(make_batch(data, dataset.read(split, which, NumberType::float64), count,
                    at::TensorOptions(at::kDouble)),
         which);
  }
}

}  // namespace

Split filled_split(const Dataset& dataset, Split wanted) {
  if (wanted == Split::test && dataset.size(Split::test) > 0) return Split::test;
  if (wanted != Split::train && dataset.size(Split::validation) > 0) return Split::validation;
  return Split::train;
}

OperatorValidation::OperatorValidation(const RunPlan& plan, Split split, at::TensorOptions options)
    : plan_(plan),
      dataset_(plan.dataset()),
      network_(plan.experiment, plan.derivatives, Phase::evaluation, options),
      split_(filled_split(*dataset_, split)) {}

Measurement OperatorValidation::measure(const std::vector<Bank>& banks) {
  Measurement out;
  out.loss = std::numeric_limits<double>::quiet_NaN();
  const OperatorData& data = *plan_.experiment.data;
  if (data.outputs.empty()) return out;
  OperatorErrors errors(data);
  double loss = 0, samples = 0;
  const auto per_sample = [&](const at::Tensor& outputs, const at::Tensor& targets) {
    return sample_losses(plan_.configuration.loss.type, network_.for_losses(outputs), targets,
                         loss_grid(data));
  };
  walk(data, *dataset_, split_, block_of(data), [&](const OperatorBatch& raw, const auto&) {
    const OperatorBatch batch = network_.scaled(raw);
    const at::Tensor outputs = network_.outputs(banks[0], data, batch);
    errors.add(network_.physical(outputs), raw.outputs);
    loss += per_sample(outputs, batch.outputs).sum().template item<double>();
    samples += static_cast<double>(batch.count);
  });
  out.loss = loss / samples;
  const auto found = errors.json()["unknowns"];
  for (const auto& name : data.unknowns) {
    const auto at = [&](const char* key) {
      const auto& value = found[name][key];
      return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
    };
    out.unknowns.push_back({name, at("mae"), at("relative_l2"), at("max_error")});
  }
  return out;
}

void OperatorValidation::visit(const RunPlan& plan, const OperatorData& where,
                               const OperatorData& data, const Dataset& dataset, Split split,
                               const std::vector<Bank>& banks, const Visit& visit) {
  const auto options = banks[0].parameters.options().requires_grad(false);
  OperatorNetwork network(plan.experiment, plan.derivatives, Phase::evaluation, options);
  walk(data, dataset, split, block_of(where), [&](const OperatorBatch& raw, const auto& which) {
    visit(network.predict(banks[0], where, raw), raw, which);
  });
}

}  // namespace banach
