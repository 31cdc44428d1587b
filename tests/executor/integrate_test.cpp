// SPDX-License-Identifier: Apache-2.0
// Integration of differential equations between tensors, and what its gradients cost.
#include <torch/csrc/autograd/function.h>

#include <set>

#include "tests/executor/catalog.hpp"

namespace banach::testing_only {
namespace {

const Velocity pendulum = [](double s, const at::Tensor& x, const std::vector<at::Tensor>& w) {
  return at::tanh(at::matmul(x, w[0]) + w[1] * (1 + s));
};

struct Start {
  at::Tensor x;
  std::vector<at::Tensor> weights;
};

Start start() {
  at::manual_seed(5);
  const auto leaf = [](std::vector<std::int64_t> shape) {
    return at::randn(shape, at::kDouble).requires_grad_(true);
  };
  return {leaf({4, 3}), {leaf({3, 3}), leaf({3})}};
}

// The steps written out: what autograd makes of them.
at::Tensor unrolled(const Start& a, int steps) {
  at::Tensor x = a.x;
  const double h = 1.0 / steps;
  for (int i = 0; i < steps; ++i) {
    const auto f = [&](double part, const at::Tensor& y) {
      return pendulum((i + part) * h, y, a.weights);
    };
    const at::Tensor k1 = f(0, x), k2 = f(0.5, x + h / 2 * k1), k3 = f(0.5, x + h / 2 * k2);
    x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + f(1, x + h * k3));
  }
  return x;
}

std::vector<at::Tensor> gradients(const at::Tensor& y, const Start& a, bool again = false) {
  const at::Tensor loss = (y * at::sin(at::arange(12, at::kDouble).view({4, 3}))).sum();
  return torch::autograd::grad({loss}, {a.x, a.weights[0], a.weights[1]}, {}, again, again);
}

double largest(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, error(a[i], b[i]));
  return out;
}

std::size_t graph_size(const at::Tensor& y) {
  std::set<torch::autograd::Node*> seen;
  std::vector<torch::autograd::Node*> open{y.grad_fn().get()};
  while (!open.empty()) {
    auto* node = open.back();
    open.pop_back();
    if (!node || !seen.insert(node).second) continue;
    for (const auto& edge : node->next_edges()) open.push_back(edge.function.get());
  }
  return seen.size();
}

TEST(Integrate, AdaptiveStepsMeetTheirTolerance) {
  const Start a = start();
  const at::Tensor reference = unrolled(a, 2000);
  double last = 1;
  for (const double tolerance : {1e-3, 1e-6, 1e-9}) {
    const double off =
        error(integrate(pendulum, a.x, a.weights, {true, 1000, tolerance, tolerance}), reference);
    EXPECT_LT(off, 10 * tolerance);
    EXPECT_LT(off, last);
    last = off;
  }
  EXPECT_LT(error(integrate(pendulum, a.x, a.weights, {false, 7, 1, 1}), unrolled(a, 7)), 1e-15);
}

TEST(Integrate, TheAdjointGradientIsThatOfBackpropagation) {
  const Start a = start();
  const auto expected = gradients(unrolled(a, 400), a);
  EXPECT_LT(largest(gradients(integrate(pendulum, a.x, a.weights, {true, 1000, 1e-10, 1e-10}), a),
                    expected),
            1e-8);
  const auto coarse =
      largest(gradients(integrate(pendulum, a.x, a.weights, {false, 10, 1, 1}), a), expected);
  const auto fine =
      largest(gradients(integrate(pendulum, a.x, a.weights, {false, 40, 1, 1}), a), expected);
  EXPECT_LT(coarse, 1e-3);
  EXPECT_LT(fine, coarse / 50);  // of order 4
}

// The gradient of a mean over many rows is as accurate as that of a sum.
TEST(Integrate, TinyGradientsMeetTheToleranceToo) {
  const Start a = start();
  const auto whole = gradients(integrate(pendulum, a.x, a.weights, {true, 1000, 1e-6, 1e-6}), a);
  auto tiny = gradients(1e-9 * integrate(pendulum, a.x, a.weights, {true, 1000, 1e-6, 1e-6}), a);
  for (auto& g : tiny) g = 1e9 * g;
  EXPECT_LT(largest(tiny, whole), 1e-12);
}

TEST(Integrate, HigherDerivativesAreThoseOfTheSteps) {
  const Start a = start();
  const auto second = [&](const at::Tensor& y) {
    const auto first = gradients(y, a, true);
    return torch::autograd::grad({(first[0] * first[0]).sum() + first[1].sum()},
                                 {a.x, a.weights[0], a.weights[1]});
  };
  EXPECT_LT(largest(second(integrate(pendulum, a.x, a.weights, {false, 5, 1, 1})),
                    second(unrolled(a, 5))),
            1e-13);
}

TEST(Integrate, MemoryForAFirstGradientDoesNotDependOnTheSteps) {
  const Start a = start();
  const auto size = [&](std::int64_t steps) {
    return graph_size(integrate(pendulum, a.x, a.weights, {false, steps, 1, 1}));
  };
  EXPECT_EQ(size(4), size(400));
  EXPECT_LT(size(400), 6u);
  EXPECT_GT(graph_size(unrolled(a, 40)), 9 * graph_size(unrolled(a, 4)));
}

TEST(Integrate, TooManyStepsAndBlowUpsAreToldApart) {
  const Start a = start();
  EXPECT_THROW(integrate(pendulum, a.x, a.weights, {true, 3, 1e-12, 1e-12}), ConfigError);
  const Velocity blow_up = [](double, const at::Tensor& x, const std::vector<at::Tensor>& w) {
    return (x * x + 9) * w[0].sum().abs();
  };
  const at::Tensor y = integrate(blow_up, a.x, a.weights, {true, 100000, 1e-4, 1e-4});
  EXPECT_TRUE(at::isnan(y).all().item<bool>());
}

// In a whole run: the graph of a term that reads values alone.
TEST(Integrate, AnArchitectureOfManyStepsTrainsInTheMemoryOfFew) {
  const auto size = [](const std::string& steps) {
    const Laboratory l(
        on(plane()),
        architecture("type = \"neural_ode_adaptive\"\nmethod = \"rk4\"\nsteps = " + steps),
        shipped().entries);
    return graph_size(l.run(l.record_body([](const Field& u) { return u() * u(); })).value);
  };
  EXPECT_EQ(size("3"), size("60"));
}

TEST(Integrate, WeightsDoNotDependOnTheSteps) {
  const auto parameters = [](const std::string& lines) {
    return Laboratory(on(plane()), architecture(lines), shipped().entries)
        .network()
        ->layout.parameters();
  };
  for (const std::string type : {"neural_ode", "neural_ode_adaptive"})
    EXPECT_EQ(parameters("type = \"" + type + "\"\nsteps = 2"),
              parameters("type = \"" + type + "\"\nsteps = 50"));
}

}  // namespace
}  // namespace banach::testing_only
