// SPDX-License-Identifier: Apache-2.0
#include "core/training/recorded_function.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace banach {
namespace {

constexpr std::int64_t chunk = 1 << 16;  // bounds the memory of one evaluation

}  // namespace

RecordedFunction::RecordedFunction(std::shared_ptr<const Network> network, Derivatives derivatives,
                                   Recorded recorded, std::int64_t axes, std::int64_t outputs,
                                   std::vector<Bank> banks)
    : network_(std::move(network)),
      derivatives_(derivatives),
      recorded_(std::move(recorded)),
      axes_(axes),
      outputs_(outputs),
      banks_(std::move(banks)) {
  give_back(borrow());  // what cannot be evaluated is refused now
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
  return values.expand({points.size(0), outputs_}).to(at::kCPU, at::kDouble).contiguous();
}

void RecordedFunction::operator()(const double* points, std::int64_t count, double* out) const {
  const at::NoGradGuard no_grad;
  for (std::int64_t first = 0; first < count; first += chunk) {
    const std::int64_t rows = std::min(chunk, count - first);
    // LibTorch has no view of constant numbers; the copy below only reads them.
    const at::Tensor part =
        at::from_blob(const_cast<double*>(points + first * axes_), {rows, axes_}, at::kDouble)
            .to(banks_[0].parameters.options(), false, true);
    const at::Tensor values = evaluate(part);
    std::copy_n(values.data_ptr<double>(), rows * outputs_, out + first * outputs_);
  }
}

}  // namespace banach
