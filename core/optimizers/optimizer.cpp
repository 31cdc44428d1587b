// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/optimizer.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "banach/error.hpp"
#include "core/optimizers/flat_optimizer.hpp"

namespace banach {
namespace {

[[noreturn]] void no_squares(const char* what) {
  throw ConfigError(std::string("the loss is no sum of squares, so it has no ") + what +
                    ": use an optimizer that needs gradients only, such as adam");
}

// "float64 [2241]"
std::string shape_text(const at::Tensor& t) {
  std::string out = std::string(c10::toString(t.scalar_type())) + " [";
  for (std::int64_t i = 0; i < t.dim(); ++i) out += (i ? ", " : "") + std::to_string(t.size(i));
  return out + "]";
}

at::Tensor saved(const State& state, const std::string& name, const at::Tensor& like) {
  const auto place = state.find(name);
  if (place == state.end())
    throw DataError("the saved optimizer state has no \"" + name +
                    "\": resume with the optimizer and options of the run");
  const at::Tensor& t = place->second;
  if (!t.defined() || t.sizes() != like.sizes() || t.scalar_type() != like.scalar_type())
    throw DataError("the saved optimizer state \"" + name + "\" is " +
                    (t.defined() ? shape_text(t) : "empty") + " where " + shape_text(like) +
                    " is needed: resume with the model and dtype of the run");
  return t;
}

}  // namespace

Objective::~Objective() = default;
bool Objective::sum_of_squares() const { return false; }
at::Tensor Objective::residuals() { no_squares("residuals"); }
at::Tensor Objective::jacobian() { no_squares("Jacobian"); }

Optimizer::~Optimizer() = default;

void FlatOptimizer::reset(const at::Tensor& parameters) {
  if (!at::isFloatingType(parameters.scalar_type()))
    throw ConfigError("optimizers need real parameters, not " +
                      std::string(c10::toString(parameters.scalar_type())) +
                      ": store complex weights as real [..., 2]");
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

State FlatOptimizer::state() const {
  State out;
  if (!step_.defined()) return out;
  out["step"] = step_.clone();
  for (std::size_t i = 0; i < names_.size(); ++i) out[names_[i]] = moments_[i].clone();
  return out;
}

void FlatOptimizer::restore(const State& state) {
  BANACH_ASSERT(step_.defined());
  const at::Tensor step = saved(state, "step", step_);
  std::vector<at::Tensor> moments;
  for (std::size_t i = 0; i < names_.size(); ++i)
    moments.push_back(saved(state, names_[i], moments_[i]));
  for (const auto& entry : state)
    if (entry.first != "step" &&
        std::find(names_.begin(), names_.end(), entry.first) == names_.end())
      throw DataError("the saved optimizer state has \"" + entry.first +
                      "\", which this optimizer does not keep: resume with the optimizer and "
                      "options of the run");
  c10::NoGradGuard no_grad;
  step_.copy_(step);
  for (std::size_t i = 0; i < moments.size(); ++i) moments_[i].copy_(moments[i]);
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
