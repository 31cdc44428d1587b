// SPDX-License-Identifier: Apache-2.0
#include "core/training/minimum.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace banach {
namespace {

double value_at(Objective& objective, const at::Tensor& start, const at::Tensor& gradient,
                double length) {
  {
    c10::NoGradGuard no_grad;
    objective.parameters().copy_(start.sub(gradient, length));
  }
  return objective.value().item<double>();
}

}  // namespace

double start_loss(const nlohmann::json& start) {
  if (!start.is_object() || !start.contains("loss") || !start.at("loss").is_number())
    return std::numeric_limits<double>::quiet_NaN();
  return start.at("loss").get<double>();
}

bool at_minimum(Objective& objective, double start_loss) {
  const bool wide = objective.parameters().scalar_type() == at::kDouble;
  const double eps = wide ? 2.2e-16 : 1.2e-7;
  const Evaluation now = objective.gradient();
  const double loss = now.loss.item<double>();
  if (std::abs(loss) <= 1e6 * eps * eps * std::abs(start_loss) || loss == 0) return true;
  const at::Tensor gradient = now.gradient.detach().to(at::kDouble, false, true);
  const at::Tensor start = objective.parameters().detach().to(at::kDouble, false, true);
  const double square = gradient.square().sum().item<double>();
  if (square == 0) return true;
  // 0 where the loss falls as its gradient promises, 1 where it neither falls nor grows.
  const double promised = (wide ? 1e-4 : 1e-3) * std::abs(loss);
  const auto beyond = [&](double times) {
    const double there = value_at(objective, start, gradient, times * promised / square);
    return 1 + (there - loss) / (times * promised);
  };
  const double near = beyond(1), far = beyond(4);
  value_at(objective, start, gradient, 0);
  return near > 0.5 && far > 2 * near;
}

}  // namespace banach
