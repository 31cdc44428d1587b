// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/optimizer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "banach/error.hpp"
#include "core/optimizers/flat_optimizer.hpp"

namespace banach {
namespace {

[[noreturn]] void no_squares(const char* what) {
  throw ConfigError(std::string("the loss is no sum of squares, so it has no ") + what +
                    ": use an optimizer that needs gradients only, such as adam");
}

}  // namespace

NotFinite::~NotFinite() = default;
Objective::~Objective() = default;
bool Objective::sum_of_squares() const { return false; }
Evaluation Objective::trial() { return gradient(); }
at::Tensor Objective::residuals() { no_squares("residuals"); }
at::Tensor Objective::jacobian() { no_squares("Jacobian"); }

Optimizer::~Optimizer() = default;

void FlatOptimizer::reset(const at::Tensor& parameters) {
  check_real(parameters);
  BANACH_ASSERT(parameters.dim() == 1);
  const auto options = at::TensorOptions(parameters.dtype()).device(parameters.device());
  moments_.clear();
  for (std::size_t i = 0; i < names_.size(); ++i)
    moments_.push_back(at::zeros(parameters.sizes(), options));
  step_ = at::zeros({}, at::kLong);
}

at::Tensor FlatOptimizer::step(Objective& objective, double lr) {
  at::Tensor& parameters = objective.parameters();
  if (!step_.defined()) reset(parameters);
  const Evaluation now = objective.gradient();
  c10::NoGradGuard no_grad;
  BANACH_ASSERT(now.gradient.sizes() == parameters.sizes() &&
                now.gradient.scalar_type() == parameters.scalar_type());
  BANACH_ASSERT(moments_.empty() || (moments_[0].sizes() == parameters.sizes() &&
                                     moments_[0].scalar_type() == parameters.scalar_type()));
  const std::int64_t count = ++*step_.data_ptr<std::int64_t>();
  update(parameters, now.gradient, moments_, count, lr);
  return now.loss;
}

NamedTensors FlatOptimizer::tensors() const {
  NamedTensors out = {{"step", step_}};
  for (std::size_t i = 0; i < names_.size(); ++i) out.emplace_back(names_[i], moments_[i]);
  return out;
}

State FlatOptimizer::state() const { return step_.defined() ? copies_of(tensors()) : State(); }

void FlatOptimizer::restore(const State& state) {
  BANACH_ASSERT(step_.defined());
  copy_into(tensors(), state);
}

bool detail::raw_loops(const at::Tensor& parameters, const at::Tensor& gradient,
                       const std::vector<at::Tensor>& moments) {
  const auto fits = [&](const at::Tensor& t) {
    return t.device().is_cpu() && t.is_contiguous() && t.scalar_type() == parameters.scalar_type();
  };
  bool all = fits(parameters) && fits(gradient) &&
             (parameters.scalar_type() == at::kFloat || parameters.scalar_type() == at::kDouble);
  for (const auto& moment : moments) all = all && fits(moment);
  return all;
}

}  // namespace banach
