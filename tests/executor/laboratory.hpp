// SPDX-License-Identifier: Apache-2.0
// One architecture on one domain, with parameters and points, and what the executor and the oracle
// find for a residual on it.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "core/training/experiment.hpp"
#include "tests/executor/architectures.hpp"
#include "tests/executor/oracle.hpp"

namespace banach::testing_only {

struct Scene {
  Domain domain{{"x", -1, 1}, {"t", 0, 2}};
  Unknowns unknowns{"u"};
  std::string architecture = "perceptron";
  std::vector<InputFunction> functions{};
  std::vector<Coefficient> coefficients{};
  std::function<Expression(const Point&, E)> ansatz{};
};

inline Table table(const std::string& type, const std::string& activation = "") {
  Table t;
  t.path = "architecture";
  t.set("type", type);
  if (!activation.empty()) t.set("activation", activation);
  return t;
}

inline Table product(const std::string& left, const std::string& right) {
  Table t = table("product");
  t.set("left", table(left));
  t.set("right", table(right));
  return t;
}

inline std::shared_ptr<Network> make_network(const Scene& s, const Table& architecture,
                                             const Registry& entries) {
  auto network = std::make_shared<Network>();
  network->signature = {s.domain, s.functions, static_cast<int>(s.unknowns.size())};
  Diagnostics diagnostics;
  const auto unknown = [](const Table&, const std::string& type) { throw ConfigError(type); };
  LayoutBuilder builder(network->layout, entries, unknown, diagnostics);
  network->architecture = builder.build(architecture, network->signature);
  record(*network);
  for (const auto& c : s.coefficients)
    network->layout.add({coefficient_slot(c),
                         {1},
                         Init{Init::Kind::constant, 1, coefficient_raw(c)},
                         1,
                         1,
                         true,
                         0,
                         0});
  return network;
}

/// max |a - b| / max |b|
inline double error(const at::Tensor& a, const at::Tensor& b) {
  const auto double_b = b.detach().to(at::kDouble);
  const double scale = double_b.abs().max().item<double>();
  const double difference = (a.detach().to(at::kDouble) - double_b).abs().max().item<double>();
  return scale > 0 ? difference / scale : difference;
}

struct Outcome {
  at::Tensor value, gradient;
};

class Laboratory {
 public:
  explicit Laboratory(const Scene& scene) : Laboratory(scene, table(scene.architecture)) {}
  Laboratory(const Scene& scene, const Table& architecture, const Registry& entries = registry())
      : scene_(scene), network_(make_network(scene, architecture, entries)) {
    at::manual_seed(7);
    for (int bank = 0; bank < 2; ++bank) banks_.push_back({parameters(), buffers()});
    std::vector<at::Tensor> axes;
    for (const auto& axis : scene.domain)
      axes.push_back(axis.lower + (axis.upper - axis.lower) * at::rand({rows, 1}, at::kDouble));
    set_.points = at::cat(axes, 1);
    set_.data["target"] = at::randn({rows, 1}, at::kDouble);
    for (const auto& f : scene.functions)
      set_.functions[f.name] = at::randn({3, f.sensors}, at::kDouble);
  }

  Recorded record_body(const Body& body) const {
    Recorded out{std::make_shared<Trace>(names()), -1};
    Trace::Scope scope(*out.trace);
    const Solution solution = [&](const Point& p) {
      const Expression y =
          call_network(0, static_cast<int>(scene_.unknowns.size()), p, scene_.functions);
      return scene_.ansatz ? scene_.ansatz(p, y) : y;
    };
    out.root = out.trace->node_of(
        body(make_field(*out.trace, scene_.domain, scene_.unknowns, scene_.functions, solution)));
    return out;
  }

  Outcome run(const Recorded& r, Derivatives how = Derivatives::exact,
              at::ScalarType type = at::kDouble) const {
    Evaluator evaluator(network_, how);
    evaluator.add(r.trace, r.root);
    auto banks = leaves(type);
    const at::Tensor y = evaluator.evaluate(banks, {points(type)})[0];
    return {y, gradient(y, banks[0])};
  }

  Outcome oracle(const Recorded& r) const {
    auto banks = leaves(at::kDouble);
    const PointSet set = points(at::kDouble);
    at::Tensor y = Oracle(*network_, banks, set)(*r.trace, r.root);
    y = y.squeeze(2).expand({-1, rows, -1});
    if (y.size(0) == 1) y = y.squeeze(0);
    return {y, gradient(y, banks[0])};
  }

  /// The gradient against central differences of the values along one direction.
  double difference_error(const Recorded& r, const at::Tensor& gradient) const {
    Evaluator evaluator(network_);
    evaluator.add(r.trace, r.root);
    const at::Tensor direction = at::cos(at::arange(gradient.numel(), at::kDouble));
    const auto value = [&](double h) {
      auto banks = leaves(at::kDouble);
      banks[0].parameters = (banks[0].parameters + h * direction).detach();
      const at::Tensor y = evaluator.evaluate(banks, {points(at::kDouble)})[0];
      return (y * weights(y)).sum().item<double>();
    };
    const double h = 1e-4, slope = (gradient * direction).sum().item<double>();
    const double found = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h);
    return std::abs(found - slope) /
           (gradient.abs() * direction.abs()).sum().clamp_min(1e-12).item<double>();
  }

  int planes(const Recorded& r) const {
    Evaluator evaluator(network_);
    evaluator.add(r.trace, r.root);
    return evaluator.planes();
  }

  std::vector<Bank> leaves(at::ScalarType type) const {
    std::vector<Bank> out;
    for (const auto& b : banks_)
      out.push_back({b.parameters.to(type, false, true), b.buffers.to(type, false, true)});
    out[0].parameters.requires_grad_(true);
    return out;
  }
  PointSet points(at::ScalarType type) const {
    PointSet out = set_;
    out.points = out.points.to(type);
    for (auto& entry : out.data) entry.second = entry.second.to(type);
    for (auto& entry : out.functions) entry.second = entry.second.to(type);
    return out;
  }
  const std::shared_ptr<Network>& network() const { return network_; }
  const Scene& scene() const { return scene_; }

  static constexpr std::int64_t rows = 5;

 private:
  // Far from any symmetry, but no wide layer is saturated.
  at::Tensor parameters() const {
    const at::Tensor out = 0.6 * at::randn({network_->layout.parameters()}, at::kDouble);
    for (const auto& slot : network_->layout.slots())
      if (slot.trainable)
        out.narrow(0, slot.offset, slot.size).mul_(std::min(1.0, 2.5 / std::sqrt(slot.fan_in)));
    return out;
  }
  // Near their first values, since what is fixed may have to be positive, but never zero.
  at::Tensor buffers() const {
    std::vector<double> parameters, fixed;
    initialise(network_->layout, 7, parameters, fixed);
    std::replace(fixed.begin(), fixed.end(), 0.0, 0.4);
    return at::tensor(fixed, at::kDouble) *
           (0.7 + 0.6 * at::rand({network_->layout.buffers()}, at::kDouble));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& axis : scene_.domain) out.push_back(axis.name);
    return out;
  }
  static at::Tensor weights(const at::Tensor& y) {
    return at::sin(1 + at::arange(y.numel(), at::kDouble)).to(y.scalar_type()).view(y.sizes());
  }
  static at::Tensor gradient(const at::Tensor& y, const Bank& bank) {
    if (!y.requires_grad()) return at::zeros_like(bank.parameters);
    const auto g =
        torch::autograd::grad({(y * weights(y)).sum()}, {bank.parameters}, {}, {}, false, true)[0];
    return g.defined() ? g : at::zeros_like(bank.parameters);
  }

  Scene scene_;
  std::shared_ptr<Network> network_;
  std::vector<Bank> banks_;
  PointSet set_;
};

/// Values and parameter gradients of a residual agree with the oracle and with differences (the
/// latter cannot know of stop()).
inline void expect_agreement(const Laboratory& laboratory, const Body& body,
                             bool differences = true) {
  const Recorded r = laboratory.record_body(body);
  const Outcome oracle = laboratory.oracle(r), exact = laboratory.run(r);
  ASSERT_EQ(exact.value.sizes(), oracle.value.sizes());
  EXPECT_LT(error(exact.value, oracle.value), 1e-12);
  EXPECT_LT(error(exact.gradient, oracle.gradient), 1e-12);
  if (differences) {
    EXPECT_LT(laboratory.difference_error(r, exact.gradient), 1e-7);
  }
  const Outcome single = laboratory.run(r, Derivatives::exact, at::kFloat);
  EXPECT_EQ(single.value.scalar_type(), at::kFloat);
  EXPECT_LT(error(single.value, oracle.value), 1e-4);
  EXPECT_LT(error(single.gradient, oracle.gradient), 1e-4);
}

}  // namespace banach::testing_only
