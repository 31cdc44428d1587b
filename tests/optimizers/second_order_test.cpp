// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/second_order.hpp"

#include <cmath>

#include "core/optimizers/vectors.hpp"
#include "tests/optimizers/curved.hpp"

namespace banach {
namespace {

struct Descent {
  int steps = 0;
  double distance = 0;  // of the farthest parameter from 1
  std::string finished;
  std::int64_t evaluations = 0;
};

Descent run(const std::string& name, Objective& objective, int most, const Options& options = {}) {
  const auto optimizer = make_optimizer(name, options);
  Descent out;
  while (out.steps < most && out.finished.empty()) {
    optimizer->step(objective, optimizer->default_rate());
    ++out.steps;
    out.finished = optimizer->finished();
  }
  out.distance = (objective.parameters().detach() - 1).abs().max().item<double>();
  out.evaluations = optimizer->state().at("evaluations").item<std::int64_t>();
  return out;
}

TEST(SecondOrder, RosenbrockIsSolved) {
  const std::vector<std::pair<std::string, int>> budgets = {{"lbfgs", 80},
                                                            {"bfgs", 80},
                                                            {"ssbfgs", 80},
                                                            {"ssbroyden", 80},
                                                            {"levenberg_marquardt", 60},
                                                            {"gauss_newton", 30},
                                                            {"natural_gradient", 200}};
  for (const auto& [name, steps] : budgets) {
    Squares objective = rosenbrock(3);
    const Descent r = run(name, objective, steps);
    EXPECT_LT(r.distance, 1e-9) << name << " after " << r.steps << " steps, " << r.evaluations;
    EXPECT_LT(r.evaluations, 25 * steps) << name;
  }
}

TEST(SecondOrder, QuadraticsEndAtTheMinimum) {
  for (const std::string name : {"lbfgs", "bfgs", "ssbfgs", "ssbroyden"}) {
    Quadratic objective(start(30, at::kDouble));
    const Descent r = run(name, objective, 400);
    EXPECT_LT(r.distance, 1e-7) << name << " after " << r.steps;
  }
}

TEST(SecondOrder, GaussNewtonSolvesLinearProblemsInOneStep) {
  for (const char* method : {"qr", "svd"})
    for (const auto& [rows, columns] : {std::pair{40, 25}, std::pair{25, 25}}) {
      Squares objective = linear(rows, columns, 1e-6);
      const Descent r = run("gauss_newton", objective, 1, {{"method", Value(method)}});
      EXPECT_LT(r.distance, 1e-8) << method;
      EXPECT_LT(objective.value().item<double>(), 1e-28) << method;
    }
}

TEST(SecondOrder, GaussNewtonLeavesOutWhatIsBelowRcond) {
  // Three quarters of the singular values are below 1e-6: without a bound the step would blow up.
  Squares objective = linear(30, 30, 1e-30);
  run("gauss_newton", objective, 1, {{"rcond", Value(1e-6)}});
  EXPECT_LT(objective.parameters().abs().max().item<double>(), 10);
  EXPECT_LT(objective.value().item<double>(), 1e-10);
}

TEST(SecondOrder, BothFormsOfDampedLeastSquaresAreThePlainSolution) {
  for (const auto& [rows, columns] : {std::pair{300, 140}, std::pair{140, 300}}) {
    Squares objective = linear(rows, columns, 1e-2);
    const at::Tensor j = objective.jacobian(), r = objective.residuals();
    const at::Tensor a = at::mm(j.t(), j) + 1e-3 * at::eye(columns, at::kDouble);
    const at::Tensor plain = -at::linalg_solve(a, at::mv(j.t(), r));
    for (const bool tensors : {false, true}) {
      DampedSolver solver;
      if (tensors) solver.use_tensors();
      for (int again = 0; again < 2; ++again) {
        solver.set(j);
        EXPECT_EQ(solver.primal(), columns <= rows);
        ASSERT_TRUE(solver.factor(1e-3));
        EXPECT_LT((solver.minimiser(r) - plain).norm().item<double>(), 1e-11);
      }
      solver.set(at::zeros({3, 2}, at::kDouble));
      EXPECT_FALSE(solver.factor(0));
    }
  }
}

// The update of the inverse Hessian as it is written in the papers, dense.
at::Tensor textbook(const std::string& name, const at::Tensor& h, const at::Tensor& s,
                    const at::Tensor& y) {
  const double ys = dot_product(y, s), yhy = dot_product(y, at::mv(h, y));
  const at::Tensor eye = at::eye(s.numel(), at::kDouble);
  if (name == "bfgs") {
    const at::Tensor v = eye - at::outer(y, s) / ys;
    return at::mm(v.t(), at::mm(h, v)) + at::outer(s, s) / ys;
  }
  const double b = dot_product(s, at::linalg_solve(h, s)) / ys, hk = yhy / ys;
  double tau = std::min(1.0, 1 / b), phi = 1;
  if (name == "ssbroyden") {
    const double a = b * hk - 1, c = std::sqrt(a / (1 + a)), rho = std::min(1.0, hk * (1 - c));
    const double theta = std::max((rho - 1) / a, std::min(1 / rho, (1 - b) / b));
    const double sigma = 1 + a * theta, n = static_cast<double>(s.numel());
    const double root = std::pow(sigma, -1 / (n - 1));
    tau = theta > 0 ? tau * std::min(root, 1 / theta) : std::min(tau * root, sigma);
    phi = (1 - theta) / (1 + a * theta);
  }
  const at::Tensor hy = at::mv(h, y), v = std::sqrt(yhy) * (s / ys - hy / yhy);
  return (h - at::outer(hy, hy) / yhy + phi * at::outer(v, v)) / tau + at::outer(s, s) / ys;
}

at::Tensor unpacked(const at::Tensor& packed, std::int64_t n) {
  at::Tensor out = at::zeros({n, n}, at::kDouble);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j <= i; ++j) out[i][j] = out[j][i] = packed[i * (i + 1) / 2 + j];
  return out;
}

TEST(SecondOrder, DenseUpdatesAreThoseOfThePapers) {
  for (const std::string name : {"bfgs", "ssbfgs", "ssbroyden"}) {
    Squares objective = rosenbrock(3);
    const auto optimizer = make_optimizer(name, {});
    at::Tensor h, x = objective.parameters().detach().clone();
    at::Tensor g = objective.gradient().gradient;
    for (int step = 0; step < 12; ++step) {
      optimizer->step(objective, 1);
      const at::Tensor s = objective.parameters().detach() - x;
      const at::Tensor after = objective.gradient().gradient, y = after - g;
      if (!h.defined()) h = at::eye(6, at::kDouble) * (dot_product(y, s) / dot_product(y, y));
      h = textbook(name, h, s, y);
      const at::Tensor found = unpacked(optimizer->state().at("inverse_hessian"), 6);
      EXPECT_LT((found - h).norm().item<double>(), 1e-8 * h.norm().item<double>()) << name << step;
      const at::Tensor next = optimizer->state().at("direction");
      EXPECT_LT((next + at::mv(found, after)).norm().item<double>(),
                1e-12 * (found.norm() * after.norm()).item<double>());
      x = objective.parameters().detach().clone(), g = after;
    }
  }
}

TEST(SecondOrder, LbfgsWithFullMemoryIsBfgs) {
  Squares a = rosenbrock(2), b = rosenbrock(2);
  const auto lbfgs = make_optimizer("lbfgs", {}), bfgs = make_optimizer("bfgs", {});
  // Only the first matrix differs, (y.s / y.y) I of the latest pair: the first two steps agree.
  for (int step = 0; step < 2; ++step) lbfgs->step(a, 1), bfgs->step(b, 1);
  EXPECT_LT((a.parameters() - b.parameters()).abs().max().item<double>(), 1e-12);
}

TEST(SecondOrder, ResumeIsBitExactAnywhere) {
  for (const auto& v : curved_variants())
    for (const auto dtype : {at::kDouble, at::kFloat})
      for (const int k : {0, 1, 2, 5, 11}) {
        Squares whole = rosenbrock(4, dtype), first = rosenbrock(4, dtype);
        const auto a = make_optimizer(v.name, v.options), b = make_optimizer(v.name, v.options);
        const double lr = a->default_rate();
        a->reset(whole.parameters());
        b->reset(first.parameters());
        for (int step = 0; step < 12; ++step) a->step(whole, lr);
        for (int step = 0; step < k; ++step) b->step(first, lr);
        Squares second = rosenbrock(4, dtype);
        second.parameters().detach().copy_(first.parameters().detach());
        const auto c = make_optimizer(v.name, v.options);
        c->reset(second.parameters());
        c->restore(b->state());
        for (int step = k; step < 12; ++step) c->step(second, lr);
        EXPECT_TRUE(same_bytes(whole.parameters(), second.parameters())) << v.name << " " << k;
        EXPECT_TRUE(same_bytes(a->state(), c->state())) << v.name << " " << k;
        EXPECT_EQ(c->finished(), a->finished()) << v.name << " " << k;
      }
}

TEST(SecondOrder, ForgettingTheMatrixOrTheGradientIsSeen) {
  for (const std::string lost : {"direction", "inverse_hessian", "gradient", "pairs"}) {
    Squares whole = rosenbrock(2), other = rosenbrock(2);
    const auto a = make_optimizer("ssbroyden", {}), b = make_optimizer("ssbroyden", {});
    for (int step = 0; step < 4; ++step) a->step(whole, 1);
    other.parameters().detach().copy_(whole.parameters().detach());
    b->reset(other.parameters());
    State state = a->state();
    state.at(lost).zero_();
    b->restore(state);
    for (int step = 0; step < 2; ++step) a->step(whole, 1), b->step(other, 1);
    EXPECT_FALSE(same_bytes(whole.parameters(), other.parameters())) << lost;
  }
}

TEST(SecondOrder, TheLossThatComesBackIsThatOfTheParameters) {
  for (const auto& v : curved_variants()) {
    Squares objective = rosenbrock(2);
    const auto optimizer = make_optimizer(v.name, v.options);
    for (int step = 0; step < 5; ++step) {
      const double loss = optimizer->step(objective, optimizer->default_rate()).item<double>();
      EXPECT_EQ(loss, objective.value().item<double>()) << v.name;
    }
  }
}

TEST(SecondOrder, TheEndIsSaidInWords) {
  const auto end = [](const std::string& name, Objective& objective, const Options& options = {}) {
    return run(name, objective, 3000, options).finished;
  };
  // A residual of 1 stays: losses near 1 differ by rounding alone.
  const auto bowl = [](at::ScalarType dtype = at::kDouble) {
    return Squares(
        [](const at::Tensor& x) {
          return at::cat({x - 1, at::ones({1}, x.options())});
        },
        at::linspace(-3, 3, 4, dtype));
  };
  for (const std::string name : {"lbfgs", "bfgs", "ssbfgs", "ssbroyden"}) {
    Squares a = rosenbrock(2), b = bowl(), c = bowl(at::kFloat);
    EXPECT_EQ(end(name, a, {{"gradient_tolerance", Value(1e-9)}}).substr(0, 13), "gradient norm")
        << name;
    const std::string text = end(name, b), coarse = end(name, c);
    EXPECT_TRUE(text == "the gradient is zero" ||
                text == "line search found no decrease: loss 1 is at rounding level")
        << name << ": " << text;
    EXPECT_TRUE(coarse == text || coarse == "the gradient is zero") << name << ": " << coarse;
  }
  for (const std::string name : {"levenberg_marquardt", "gauss_newton", "natural_gradient"}) {
    Squares a = bowl();
    const std::string text = end(name, a);
    EXPECT_NE(text.find(": loss 1 is at rounding level"), std::string::npos) << name << text;
  }
}

TEST(SecondOrder, AGradientThatIsWrongIsNoRounding) {
  class Wrong : public Quadratic {
   public:
    using Quadratic::Quadratic;
    Evaluation gradient() override {
      Evaluation out = Quadratic::gradient();
      return {out.loss, -out.gradient};
    }
  };
  Wrong objective(start(5, at::kDouble));
  const at::Tensor before = objective.parameters().clone();
  const Descent r = run("ssbroyden", objective, 5, {{"line_evaluations", Value(std::int64_t{6})}});
  EXPECT_EQ(r.finished.substr(0, 39), "line search found no decrease from loss");
  EXPECT_NE(r.finished.find("the loss may not be smooth there"), std::string::npos);
  EXPECT_TRUE(same_bytes(objective.parameters(), before));
}

TEST(SecondOrder, TrialsThatAreNotFiniteAreSurvived) {
  for (const std::string name : {"ssbroyden", "lbfgs", "levenberg_marquardt", "gauss_newton"}) {
    // log x has no value where a first step of length 1 lands.
    Squares objective([](const at::Tensor& x) { return x.log() + x - 1; },
                      at::full({3}, 1e-3, at::kDouble));
    EXPECT_LT(run(name, objective, 60).distance, 1e-6) << name;
  }
}

TEST(SecondOrder, NeedsAreDeclared) {
  for (const auto& v : curved_variants()) {
    const auto optimizer = make_optimizer(v.name, v.options);
    const Needs needs = optimizer->needs();
    const bool quasi = v.name.find("b") != std::string::npos && v.name != "gauss_newton" &&
                       v.name != "levenberg_marquardt";
    EXPECT_EQ(needs.full_batch, v.name != "natural_gradient") << v.name;
    EXPECT_EQ(needs.squares, !quasi) << v.name;
    EXPECT_TRUE(needs.float64) << v.name;
  }
  EXPECT_FALSE(make_optimizer("adam", {})->needs().full_batch);
  EXPECT_EQ(make_optimizer("adam", {})->default_rate(), 1e-3);
  EXPECT_EQ(make_optimizer("ssbroyden", {})->default_rate(), 1);
}

}  // namespace
}  // namespace banach
