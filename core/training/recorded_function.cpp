// SPDX-License-Identifier: Apache-2.0
#include "core/training/recorded_function.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/training/points.hpp"

namespace banach {
namespace {

constexpr std::int64_t chunk = 1 << 16;  // bounds the memory of one evaluation

}  // namespace

RecordedFunction::RecordedFunction(std::shared_ptr<const Network> network, Derivatives derivatives,
                                   Recorded recorded, Origins origins, std::int64_t outputs,
                                   std::vector<UnknownScale> scales, std::vector<Bank> banks)
    : network_(std::move(network)),
      derivatives_(derivatives),
      recorded_(std::move(recorded)),
      origins_(std::move(origins)),
      outputs_(outputs),
      scales_(std::move(scales)),
      banks_(std::move(banks)) {
  give_back(borrow());  // what cannot be evaluated is refused now
}

at::Tensor in_own_units(const std::vector<UnknownScale>& scales, const at::Tensor& values) {
  if (scales.empty()) return values;
  at::Tensor out = values.to(at::kDouble).clone();
  for (std::size_t k = 0; k < scales.size(); ++k)
    out.select(1, static_cast<std::int64_t>(k)).mul_(scales[k].scale).add_(scales[k].shift);
  return out;
}

RecordedFunction::~RecordedFunction() = default;

std::unique_ptr<Evaluator> RecordedFunction::borrow() const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      auto evaluator = std::move(idle_.back());
      idle_.pop_back();
      return evaluator;
    }
  }
  auto evaluator = std::make_unique<Evaluator>(network_, derivatives_);
  evaluator->add(recorded_.trace, recorded_.root);
  return evaluator;
}

void RecordedFunction::give_back(std::unique_ptr<Evaluator> evaluator) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(evaluator));
}

at::Tensor RecordedFunction::evaluate(const at::Tensor& points) const {
  auto evaluator = borrow();
  const at::Tensor values = evaluator->evaluate(banks_, {{points, {}, {}}})[0];
  give_back(std::move(evaluator));
  const at::Tensor wide = values.expand({points.size(0), outputs_});
  return in_own_units(scales_, wide.to(at::kCPU, at::kDouble)).contiguous();
}

void RecordedFunction::operator()(const double* points, std::int64_t count, double* out) const {
  const at::NoGradGuard no_grad;
  for (std::int64_t first = 0; first < count; first += chunk) {
    const std::int64_t rows = std::min(chunk, count - first);
    const double* from = points + first * static_cast<std::int64_t>(origins_.size());
    const at::Tensor values =
        evaluate(point_tensor(from, rows, origins_, banks_[0].parameters.options()));
    std::copy_n(values.data_ptr<double>(), rows * outputs_, out + first * outputs_);
  }
}

}  // namespace banach
