// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>

#include "core/optimizers/second_order.hpp"
#include "core/optimizers/vectors.hpp"

namespace banach {

void LbfgsOptimizer::prepare_memory(const at::TensorOptions& options, std::int64_t n) {
  const auto rows = [&](const char* name) {
    return keep(name, at::zeros({p_.memory, n}, options)).unbind(0);
  };
  s_ = rows("steps"), y_ = rows("changes");
  products_ = keep("products", at::zeros({p_.memory}, at::kDouble));
  scale_ = keep_number("scale", 1);
}

void LbfgsOptimizer::learn(const Pair& pair, std::int64_t pairs) {
  const auto row = static_cast<std::size_t>(pairs % p_.memory);
  s_[row].copy_(pair.s);
  y_[row].copy_(pair.y);
  products_.data_ptr<double>()[row] = pair.ys;
  number(scale_) = pair.ys / pair.yy;
}

// The two loops of Nocedal (1980).
void LbfgsOptimizer::direction(const at::Tensor& gradient, std::int64_t pairs, at::Tensor& d) {
  const std::int64_t oldest = std::max<std::int64_t>(0, pairs - p_.memory);
  const double* products = products_.data_ptr<double>();
  std::vector<double> part(static_cast<std::size_t>(p_.memory));
  at::neg_out(d, gradient);
  for (std::int64_t k = pairs - 1; k >= oldest; --k) {
    const auto row = static_cast<std::size_t>(k % p_.memory);
    part[row] = dot_product(s_[row], d) / products[row];
    add_scaled(-part[row], y_[row], d);
  }
  d.mul_(number(scale_));
  for (std::int64_t k = oldest; k < pairs; ++k) {
    const auto row = static_cast<std::size_t>(k % p_.memory);
    add_scaled(part[row] - dot_product(y_[row], d) / products[row], s_[row], d);
  }
}

}  // namespace banach
