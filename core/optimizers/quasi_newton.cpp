// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/quasi_newton.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "core/optimizers/vectors.hpp"

namespace banach {

at::Device QuasiNewton::place(const at::Tensor&) const { return at::kCPU; }
void QuasiNewton::skip(const at::Tensor&, std::int64_t) {}

void QuasiNewton::prepare(const at::Tensor& parameters) {
  const std::int64_t n = parameters.numel();
  const auto options = at::TensorOptions(at::kDouble).device(place(parameters));
  loss_ = keep_number("loss", std::numeric_limits<double>::quiet_NaN());
  gradient_ = keep("gradient", at::zeros({n}, options));
  pairs_ = keep_count("pairs");
  for (auto* v : {&start_, &point_, &direction_, &trial_gradient_, &s_, &y_})
    *v = at::zeros({n}, options);
  prepare_memory(options, n);
}

void QuasiNewton::look_first(Objective& objective) {
  const Evaluation now = objective.gradient();
  count_evaluation();
  c10::NoGradGuard no_grad;
  number(loss_) = now.loss.item<double>();
  gradient_.copy_(now.gradient);
}

// A direction that leads down: the method's, else steepest descent.
bool QuasiNewton::descend(double& slope) {
  if (count(pairs_) > 0) {
    direction(gradient_, count(pairs_), direction_);
    slope = dot_product(gradient_, direction_);
    if (slope < 0 && std::isfinite(slope)) return true;
    count(pairs_) = 0;
  }
  at::neg_out(direction_, gradient_);
  slope = dot_product(gradient_, direction_);
  return slope < 0;
}

LinePoint QuasiNewton::look(Objective& objective, double length) {
  {
    c10::NoGradGuard no_grad;
    move_along(start_, length, direction_, point_);
    objective.parameters().copy_(point_);
  }
  const Evaluation now = objective.trial();
  count_evaluation();
  c10::NoGradGuard no_grad;
  seen_ = now.loss;
  seen_length_ = length;
  seen_loss_ = now.loss.item<double>();
  trial_gradient_.copy_(now.gradient);
  return {length, seen_loss_, dot_product(trial_gradient_, direction_)};
}

bool QuasiNewton::search(Objective& objective, double lr) {
  double slope = 0;
  if (!descend(slope)) return false;
  // Nothing is known of the curvature yet: a short step first.
  const double first = count(pairs_) > 0 ? lr : lr * std::min(1.0, 1 / std::sqrt(-slope));
  const LineSearchOptions line = {options_.decrease, options_.curvature,
                                  static_cast<int>(options_.line_evaluations)};
  const auto found = strong_wolfe([&](double length) { return look(objective, length); },
                                  {0, number(loss_), slope}, first, line);
  shortest_ = found.shortest * std::abs(slope);
  if (!found.point) return false;
  arrive(objective, *found.point);
  return true;
}

void QuasiNewton::arrive(Objective& objective, const LinePoint& point) {
  if (seen_length_ != point.step) look(objective, point.step);
  c10::NoGradGuard no_grad;
  point_.copy_(objective.parameters().detach());  // rounded to the type of the parameters
  move_along(point_, -1, start_, s_);
  move_along(trial_gradient_, -1, gradient_, y_);
  const Pair pair{
      s_, y_, gradient_, trial_gradient_, point.step, dot_product(y_, s_), dot_product(y_, y_)};
  if (pair.ys > 1e-16 * std::sqrt(pair.yy * dot_product(s_, s_))) {
    learn(pair, count(pairs_));
    ++count(pairs_);
  } else {
    skip(trial_gradient_, count(pairs_));
  }
  number(loss_) = seen_loss_;
  gradient_.copy_(trial_gradient_);
}

at::Tensor QuasiNewton::give_up(Objective& objective, const std::string& why, bool converged) {
  {
    c10::NoGradGuard no_grad;
    objective.parameters().copy_(start_);
  }
  finish(why, converged);
  return objective.value();
}

at::Tensor QuasiNewton::advance(Objective& objective, double lr) {
  {
    c10::NoGradGuard no_grad;
    start_.copy_(objective.parameters().detach());
  }
  if (std::isnan(number(loss_))) look_first(objective);
  const double norm = std::sqrt(dot_product(gradient_, gradient_)), loss = number(loss_);
  if (norm <= options_.gradient_tolerance)
    return give_up(objective,
                   norm == 0 ? std::string("the gradient is zero")
                             : fmt::format("gradient norm {:.2g} below tolerance", norm),
                   true);
  bool found = search(objective, lr);
  if (!found && count(pairs_) > 0) {
    count(pairs_) = 0;
    found = search(objective, lr);
  }
  if (found) return seen_;
  const double eps = objective.parameters().scalar_type() == at::kDouble ? 2.2e-16 : 1.2e-7;
  return give_up(
      objective,
      shortest_ <= 100 * eps * std::abs(loss)
          ? fmt::format("line search found no decrease: loss {:.2g} is at rounding level", loss)
          : fmt::format("line search found no decrease from loss {:.2g} with gradient "
                        "norm {:.2g}: the loss may not be smooth there",
                        loss, norm),
      false);
}

}  // namespace banach
