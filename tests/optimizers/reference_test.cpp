// SPDX-License-Identifier: Apache-2.0
// sgd, adam and adamw against LibTorch's own.
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include "tests/optimizers/quadratic.hpp"

namespace banach {
namespace {

double number(const Options& options, const std::string& name, double fallback) {
  for (const auto& [key, value] : options)
    if (key == name) return value.get<bool>() ? *value.get<bool>() : *value.get<double>();
  return fallback;
}

template <class T>
T adam_options(const Options& o, double decay) {
  return T(0.01)
      .betas(std::make_tuple(number(o, "beta1", 0.9), number(o, "beta2", 0.999)))
      .eps(number(o, "eps", 1e-8))
      .weight_decay(number(o, "weight_decay", decay))
      .amsgrad(number(o, "amsgrad", 0) != 0);
}

std::unique_ptr<torch::optim::Optimizer> reference(const Variant& v, const at::Tensor& x) {
  using namespace torch::optim;
  const std::vector<at::Tensor> list = {x};
  const Options& o = v.options;
  if (v.name == "adam") return std::make_unique<Adam>(list, adam_options<AdamOptions>(o, 0));
  if (v.name == "adamw") return std::make_unique<AdamW>(list, adam_options<AdamWOptions>(o, 0.01));
  return std::make_unique<SGD>(list, SGDOptions(0.01)
                                         .momentum(number(o, "momentum", 0))
                                         .dampening(number(o, "dampening", 0))
                                         .weight_decay(number(o, "weight_decay", 0))
                                         .nesterov(number(o, "nesterov", 0) != 0));
}

void set_rate(torch::optim::Optimizer& optimizer, double lr) {
  auto& options = optimizer.param_groups()[0].options();
  if (auto* adam = dynamic_cast<torch::optim::AdamOptions*>(&options)) adam->lr(lr);
  if (auto* adamw = dynamic_cast<torch::optim::AdamWOptions*>(&options)) adamw->lr(lr);
  if (auto* sgd = dynamic_cast<torch::optim::SGDOptions*>(&options)) sgd->lr(lr);
}

// The largest relative difference after 100 steps at changing rates; 603 crosses kernel blocks.
double difference(const Variant& v, at::ScalarType dtype, at::Tensor mine) {
  Quadratic objective(mine), theirs(start(mine.numel(), dtype));
  const auto optimizer = make_optimizer(v.name, v.options);
  const auto torchs = reference(v, theirs.parameters());
  for (int step = 0; step < 100; ++step) {
    optimizer->step(objective, rate(step));
    set_rate(*torchs, rate(step));
    theirs.parameters().mutable_grad() = theirs.gradient().gradient;
    torchs->step();
  }
  const at::Tensor x = theirs.parameters();
  EXPECT_GT((x - start(x.numel(), dtype)).abs().max().item<double>(), 0.1) << "has not moved";
  return ((mine - x).abs() / (x.abs() + 1)).max().item<double>();
}

TEST(Optimizers, FusedPassesAreLibTorchsOptimizers) {
  for (const auto& v : variants()) {
    EXPECT_LT(difference(v, at::kDouble, start(603, at::kDouble)), 1e-13) << v.name;
    EXPECT_LT(difference(v, at::kFloat, start(603, at::kFloat)), 2e-6) << v.name;
  }
}

TEST(Optimizers, TensorPathsAreLibTorchsOptimizersToo) {
  // A strided vector cannot take the fused pass.
  for (const auto& v : variants())
    for (const auto dtype : {at::kDouble, at::kFloat}) {
      const at::Tensor strided = at::zeros({603, 2}, dtype).select(1, 0);
      ASSERT_FALSE(strided.is_contiguous());
      strided.copy_(start(603, dtype));
      EXPECT_LT(difference(v, dtype, strided), dtype == at::kDouble ? 1e-13 : 2e-6) << v.name;
    }
}

}  // namespace
}  // namespace banach
