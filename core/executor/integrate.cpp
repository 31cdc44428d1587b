// SPDX-License-Identifier: Apache-2.0
// Ordinary differential equations between tensors, with gradients by the adjoint equation.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "core/executor/operations.hpp"

namespace banach {
namespace {

using State = std::vector<at::Tensor>;
using RightSide = std::function<State(double s, const State& x)>;
struct Step {
  double s, h;
};

// x + h * sum of weights * slopes, part by part.
State moved(const State& x, double h, const std::vector<State>& slopes,
            const std::vector<double>& weights) {
  State out = x;
  for (std::size_t k = 0; k < weights.size(); ++k)
    for (std::size_t i = 0; i < x.size() && weights[k] != 0; ++i)
      out[i] = at::add(out[i], slopes[k][i], h * weights[k]);
  return out;
}

State classical_step(const RightSide& f, const State& x, Step at) {
  std::vector<State> k{f(at.s, x)};
  k.push_back(f(at.s + at.h / 2, moved(x, at.h, k, {0.5})));
  k.push_back(f(at.s + at.h / 2, moved(x, at.h, k, {0, 0.5})));
  k.push_back(f(at.s + at.h, moved(x, at.h, k, {0, 0, 1})));
  return moved(x, at.h, k, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6});
}

// Dormand, Prince 1980: nodes, rows of the tableau (the last one is the result of order 5), and its
// difference to the result of order 4.
const std::vector<double> nodes = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
const std::vector<std::vector<double>> tableau = {
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
const std::vector<double> defect = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                    -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

// `first` is f(s, x); the slopes after it are returned in `k`, the last of them at the end.
State dormand_prince_step(const RightSide& f, const State& x, Step at, State first,
                          std::vector<State>& k) {
  k = {std::move(first)};
  State y;
  for (std::size_t i = 1; i < tableau.size(); ++i) {
    y = moved(x, at.h, k, tableau[i]);
    if (i + 1 < tableau.size() || !at::GradMode::is_enabled())
      k.push_back(f(at.s + nodes[i] * at.h, y));
  }
  return y;
}

struct Tolerance {
  double relative, absolute;
};

// The largest error of a row in units of its tolerance, over the first two parts of the state.
double error_of(const State& x, const State& y, double h, const std::vector<State>& k,
                Tolerance tolerance) {
  double out = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, x.size()); ++i) {
    at::Tensor e = at::zeros_like(x[i]);
    for (std::size_t j = 0; j < defect.size(); ++j)
      if (defect[j] != 0) e = at::add(e, k[j][i], h * defect[j]);
    const at::Tensor scale =
        at::maximum(x[i].abs(), y[i].abs()) * tolerance.relative + tolerance.absolute;
    const double worst = (e / scale).square().mean(-1).max().sqrt().item<double>();
    if (!(worst <= out)) out = worst;
  }
  return out;
}

// From s = start over the signed length 1; appends the steps that were taken.
State solve(const RightSide& f, State x, double start, double sign, const Integration& how,
            std::vector<Step>* taken) {
  if (!how.adaptive) {
    const double h = sign / static_cast<double>(how.steps);
    for (std::int64_t i = 0; i < how.steps; ++i) {
      const Step at{start + static_cast<double>(i) * h, h};
      x = classical_step(f, x, at);
      if (taken) taken->push_back(at);
    }
    return x;
  }
  const double precision = x[0].scalar_type() == at::kDouble ? 2e-15 : 1e-6;
  const Tolerance tolerance{std::max(how.rtol, precision), std::max(how.atol, precision)};
  double done = 0, h = 0.1;
  State first = f(start, x);
  std::vector<State> k;
  for (std::int64_t tries = 0; done < 1; ++tries) {
    if (tries == how.steps)
      throw ConfigError(
          "the adaptive integration needs more than " + std::to_string(how.steps) +
          " steps: loosen rtol and atol, or take fixed steps (type = \"neural_ode\")");
    const bool last = h >= 1 - done;
    const Step at{start + sign * done, sign * (last ? 1 - done : h)};
    State y = dormand_prince_step(f, x, at, first, k);
    const double error = error_of(x, y, at.h, k, tolerance);
    if (error <= 1) {
      x = std::move(y);
      first = k.back();
      done = last ? 1 : done + h;
      if (taken) taken->push_back(at);
    }
    h = std::abs(at.h) * (std::isfinite(error)
                              ? std::clamp(0.9 * std::pow(std::max(error, 1e-10), -0.2), 0.2, 5.0)
                              : 0.1);
    if (h < 1e-12) {
      for (auto& part : x) part = at::full_like(part, NAN);
      return x;
    }
  }
  return x;
}

// What one call of integrate() works on; the backward pass finds it again.
struct InitialValue : torch::CustomClassHolder {
  Velocity v;
  Integration how;
  std::vector<Step> steps;  // of the forward solution
};

State result_of(const InitialValue& problem, const at::Tensor& x0, const State& weights,
                std::vector<Step>* taken) {
  const RightSide f = [&](double s, const State& x) -> State {
    return {problem.v(s, x[0], weights)};
  };
  return solve(f, {x0}, 0, 1, problem.how, taken);
}

// The same steps again, recorded: differentiable as often as wanted.
at::Tensor repeated(const InitialValue& problem, const at::Tensor& x0, const State& weights) {
  const RightSide f = [&](double s, const State& x) -> State {
    return {problem.v(s, x[0], weights)};
  };
  State x{x0};
  std::vector<State> unused;
  for (const Step& step : problem.steps)
    x = problem.how.adaptive ? dormand_prince_step(f, x, step, f(step.s, x), unused)
                             : classical_step(f, x, step);
  return x[0];
}

// a = dL/dx(s) and the integral of a dv/dweights, backwards together with the state.
State adjoint(const InitialValue& problem, const at::Tensor& x1, const State& weights,
              const at::Tensor& gradient) {
  const at::Tensor scale = gradient.abs().max().clamp_min(1e-300);  // tolerances are absolute too
  const RightSide f = [&](double s, const State& y) -> State {
    at::AutoGradMode enable(true);
    State leaves{y[0].detach().requires_grad_(true)};
    for (const auto& w : weights) leaves.push_back(w.detach().requires_grad_(true));
    const at::Tensor slope = problem.v(s, leaves[0], State(leaves.begin() + 1, leaves.end()));
    const State g = torch::autograd::grad({slope}, leaves, {y[1]}, false, false, true);
    State out{slope.detach()};
    for (std::size_t i = 0; i < g.size(); ++i)
      out.push_back(g[i].defined() ? -g[i] : at::zeros_like(leaves[i]).detach());
    return out;
  };
  State y{x1, gradient / scale};
  for (const auto& w : weights) y.push_back(at::zeros_like(w));
  y = solve(f, y, 1, -1, problem.how, nullptr);
  State out;
  for (std::size_t i = 1; i < y.size(); ++i) out.push_back(y[i] * scale);
  return out;
}

struct Solution : torch::autograd::Function<Solution> {
  using Context = torch::autograd::AutogradContext;
  static at::Tensor forward(Context* context, const at::Tensor& x0, at::TensorList weights,
                            const c10::intrusive_ptr<InitialValue>& problem) {
    const at::Tensor x1 = result_of(*problem, x0, weights.vec(), &problem->steps)[0];
    State saved{x0, x1};
    saved.insert(saved.end(), weights.begin(), weights.end());
    context->save_for_backward(saved);
    context->saved_data["problem"] =
        c10::IValue::make_capsule(c10::intrusive_ptr<torch::CustomClassHolder>(problem));
    return x1;
  }
  static State backward(Context* context, const State& gradients) {
    const auto capsule = context->saved_data["problem"].toCapsule();
    const auto& problem = static_cast<const InitialValue&>(*capsule);
    const State saved = context->get_saved_variables();
    const State weights(saved.begin() + 2, saved.end());
    State out;
    if (at::GradMode::is_enabled())
      out = through_steps(problem, saved[0], weights, gradients[0]);
    else
      out = adjoint(problem, saved[1].detach(), weights, gradients[0]);
    out.emplace_back();  // of the problem
    return out;
  }
  static State through_steps(const InitialValue& problem, const at::Tensor& x0,
                             const State& weights, const at::Tensor& gradient) {
    State all{x0}, wanted;
    all.insert(all.end(), weights.begin(), weights.end());
    for (const auto& t : all)
      if (t.requires_grad()) wanted.push_back(t);
    const State found = torch::autograd::grad({repeated(problem, x0, weights)}, wanted, {gradient},
                                              true, true, true);
    State out;
    std::size_t next = 0;
    for (const auto& t : all) out.push_back(t.requires_grad() ? found[next++] : at::Tensor());
    return out;
  }
};

}  // namespace

at::Tensor activate(const std::string& name, const at::Tensor& x) {
  if (name == "gelu") return at::gelu(x);  // one pass each, forward and back
  if (name == "silu") return at::silu(x);
  return taylor(activation_of(name), 0, x, 0)[0];
}

at::Tensor scaled(const at::Tensor& points, const Domain& coordinates) {
  std::vector<double> scale, shift;
  for (const auto& [axis, lower, upper, closed] : coordinates) {
    scale.push_back(2 / (upper - lower));
    shift.push_back(-(upper + lower) / (upper - lower));
  }
  return points * row_tensor(scale, points.options().requires_grad(false)) +
         row_tensor(shift, points.options().requires_grad(false));
}

at::Tensor integrate(const Velocity& v, const at::Tensor& x0,
                     const std::vector<at::Tensor>& weights, const Integration& how) {
  const auto problem = c10::make_intrusive<InitialValue>();
  problem->v = v;
  problem->how = how;
  return Solution::apply(x0, at::TensorList(weights), problem);
}

}  // namespace banach
