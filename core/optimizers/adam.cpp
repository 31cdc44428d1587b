// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <cmath>

#include "core/kernels/kernels.hpp"
#include "core/optimizers/optimizers.hpp"

namespace banach {
namespace {

std::vector<std::string> moments_of(bool amsgrad) {
  std::vector<std::string> names = {"mean", "square"};
  if (amsgrad) names.push_back("largest_square");
  return names;
}

}  // namespace

AdamOptimizer::AdamOptimizer(const Parameters& parameters, bool decoupled)
    : FlatOptimizer(moments_of(parameters.amsgrad)), p_(parameters), decoupled_(decoupled) {}

void AdamOptimizer::update(at::Tensor& p, const at::Tensor& g, std::vector<at::Tensor>& moments,
                           std::int64_t step, double lr) {
  const auto t = static_cast<double>(step);
  const double shrink = decoupled_ ? 1 - lr * p_.weight_decay : 1;
  const double decay = decoupled_ ? 0 : p_.weight_decay;
  const double rate = lr / (1 - std::pow(p_.beta1, t));
  const double root_scale = 1 / std::sqrt(1 - std::pow(p_.beta2, t));
  if (detail::raw_loops(p, g, moments)) {
    AT_DISPATCH_FLOATING_TYPES(p.scalar_type(), "adam", [&] {
      using T = scalar_t;
      const auto number = [](double x) { return static_cast<T>(x); };
      kernels<T>().adam({p.numel(), p.data_ptr<T>(), g.data_ptr<T>(), moments[0].data_ptr<T>(),
                         moments[1].data_ptr<T>(), p_.amsgrad ? moments[2].data_ptr<T>() : nullptr,
                         number(p_.beta1), number(1 - p_.beta1), number(p_.beta2),
                         number(1 - p_.beta2), number(p_.eps), number(rate), number(root_scale),
                         number(shrink), number(decay)});
    });
    return;
  }
  if (shrink != 1) p.mul_(shrink);
  const at::Tensor d = decay != 0 ? g.add(p, decay) : g;
  moments[0].mul_(p_.beta1).add_(d, 1 - p_.beta1);
  moments[1].mul_(p_.beta2).addcmul_(d, d, 1 - p_.beta2);
  if (p_.amsgrad) at::maximum_out(moments[2], moments[2], moments[1]);
  const at::Tensor& second = moments[p_.amsgrad ? 2 : 1];
  p.addcdiv_(moments[0], second.sqrt().mul_(root_scale).add_(p_.eps), -rate);
}

}  // namespace banach
