// SPDX-License-Identifier: Apache-2.0
// A small objective with a known gradient, and optimizers by name.
#pragma once
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/optimizers/enroll.hpp"
#include "core/optimizers/optimizer.hpp"

namespace banach {

/// sum(scale (x - 1)^2) / 2 with scales from 0.01 to 10; NaN-free, badly conditioned.
class Quadratic : public Objective {
 public:
  explicit Quadratic(at::Tensor start) : x_(std::move(start)) {
    scale_ = at::logspace(-2, 1, x_.numel(), 10.0, x_.options());
  }
  at::Tensor& parameters() override { return x_; }
  at::Tensor value() override { return gradient().loss; }
  Evaluation gradient() override {
    const at::Tensor shifted = x_ - 1, slope = scale_ * shifted;
    return {(slope * shifted).sum() / 2, slope};
  }

 private:
  at::Tensor x_, scale_;
};

/// [n], the same numbers in every dtype up to rounding.
inline at::Tensor start(std::int64_t n, at::ScalarType dtype) {
  return at::linspace(0, 20, n, at::kDouble).sin().to(dtype);
}

using Options = std::vector<std::pair<std::string, Value>>;

inline std::shared_ptr<Optimizer> make_optimizer(const std::string& name, const Options& options) {
  Registry registry;
  enroll_optimizers(registry);
  Table table;
  for (const auto& [key, value] : options) table.set(key, value);
  Diagnostics diagnostics;
  const auto* item = registry.optimizers.find(name);
  EXPECT_NE(item, nullptr) << name;
  auto optimizer = item->create(table, diagnostics);
  diagnostics.throw_if_any();
  return optimizer;
}

/// What differs from step to step when a schedule is on.
inline double rate(int step) { return 0.01 / (1 + 0.02 * step); }

inline bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() && a.is_contiguous() &&
         b.is_contiguous() && std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0;
}

inline bool same_bytes(const State& a, const State& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a)
    if (b.count(name) == 0 || !same_bytes(tensor, b.at(name))) return false;
  return true;
}

struct Variant {
  std::string name;
  Options options;
};

/// Every optimizer with every option in use somewhere.
inline std::vector<Variant> variants() {
  const auto number = [](double x) { return Value(x); };
  const Value yes(true);
  return {{"sgd", {}},
          {"sgd", {{"weight_decay", number(0.1)}}},
          {"sgd", {{"momentum", number(0.9)}}},
          {"sgd",
           {{"momentum", number(0.8)}, {"dampening", number(0.3)}, {"weight_decay", number(0.1)}}},
          {"sgd", {{"momentum", number(0.9)}, {"nesterov", yes}, {"weight_decay", number(0.01)}}},
          {"adam", {}},
          {"adam", {{"beta1", number(0.5)}, {"beta2", number(0.9)}, {"eps", number(1e-3)}}},
          {"adam", {{"amsgrad", yes}, {"weight_decay", number(0.1)}, {"beta2", number(0.9)}}},
          {"adamw", {}},
          {"adamw", {{"amsgrad", yes}, {"weight_decay", number(0.3)}, {"beta2", number(0.9)}}}};
}

}  // namespace banach
