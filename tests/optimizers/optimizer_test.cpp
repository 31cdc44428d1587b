// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/optimizer.hpp"

#include "tests/optimizers/quadratic.hpp"

namespace banach {
namespace {

template <class E>
std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "no error";
}

TEST(Optimizers, AllAreEnrolled) {
  Registry registry;
  enroll_optimizers(registry);
  EXPECT_EQ(registry.optimizers.names(),
            (std::vector<std::string>{"adam", "adamw", "bfgs", "gauss_newton", "lbfgs",
                                      "levenberg_marquardt", "natural_gradient", "sgd", "soap",
                                      "ssbfgs", "ssbroyden"}));
}

TEST(Optimizers, TheFirstStepsAreTheOnesOfHand) {
  // f = 0.005 (x - 1)^2 at x = 3 has the slope 0.02.
  const auto after = [](const std::string& name, const Options& options, int steps) {
    Quadratic objective(at::full({1}, 3.0, at::kDouble));
    const auto optimizer = make_optimizer(name, options);
    for (int i = 0; i < steps; ++i) optimizer->step(objective, 0.1);
    return objective.parameters().item<double>();
  };
  EXPECT_NEAR(after("sgd", {}, 1), 3 - 0.1 * 0.02, 1e-15);
  EXPECT_NEAR(after("adam", {}, 1), 3 - 0.1 * 0.02 / (0.02 + 1e-8), 1e-14);
  EXPECT_NEAR(after("adamw", {}, 1), 3 * (1 - 0.1 * 0.01) - 0.1 * 0.02 / (0.02 + 1e-8), 1e-14);
  const double x1 = 3 - 0.1 * 0.02, g2 = 0.01 * (x1 - 1);
  EXPECT_NEAR(after("sgd", {{"momentum", Value(0.5)}}, 2), x1 - 0.1 * (0.5 * 0.02 + g2), 1e-15);
}

TEST(Optimizers, StepReturnsTheLossBeforeIt) {
  for (const auto& v : variants()) {
    Quadratic objective(start(50, at::kDouble));
    const auto optimizer = make_optimizer(v.name, v.options);
    for (int step = 0; step < 3; ++step) {
      const double before = objective.value().item<double>();
      EXPECT_EQ(optimizer->step(objective, 0.01).item<double>(), before);
      EXPECT_NE(objective.value().item<double>(), before);
    }
  }
}

TEST(Optimizers, ResumeIsBitExactAnywhere) {
  for (const auto& v : variants())
    for (const auto dtype : {at::kFloat, at::kDouble})
      for (const int k : {0, 1, 2, 17, 59}) {
        Quadratic whole(start(603, dtype)), first(start(603, dtype));
        const auto a = make_optimizer(v.name, v.options), b = make_optimizer(v.name, v.options);
        a->reset(whole.parameters());
        b->reset(first.parameters());
        for (int step = 0; step < 60; ++step) a->step(whole, rate(step));
        for (int step = 0; step < k; ++step) b->step(first, rate(step));

        Quadratic second(first.parameters().clone());
        const auto c = make_optimizer(v.name, v.options);
        c->reset(second.parameters());
        c->restore(b->state());
        for (int step = k; step < 60; ++step) c->step(second, rate(step));
        EXPECT_TRUE(same_bytes(whole.parameters(), second.parameters())) << v.name << " " << k;
        EXPECT_TRUE(same_bytes(a->state(), c->state())) << v.name << " " << k;
        EXPECT_EQ(c->state().at("step").item<std::int64_t>(), 60);
      }
}

TEST(Optimizers, ForgettingTheMomentsOrTheCounterIsSeen) {
  // The negative control of the test above.
  for (const std::string lost : {"step", "mean", "square"}) {
    Quadratic whole(start(20, at::kDouble));
    const auto a = make_optimizer("adam", {});
    for (int step = 0; step < 5; ++step) a->step(whole, 0.01);
    Quadratic other(whole.parameters().clone());
    const auto b = make_optimizer("adam", {});
    b->reset(other.parameters());
    State state = a->state();
    state.at(lost).zero_();
    b->restore(state);
    a->step(whole, 0.01);
    b->step(other, 0.01);
    EXPECT_FALSE(same_bytes(whole.parameters(), other.parameters())) << lost;
  }
}

TEST(Optimizers, StatesAreCopies) {
  for (const auto& v : variants()) {
    Quadratic objective(start(20, at::kDouble));
    const auto optimizer = make_optimizer(v.name, v.options);
    optimizer->step(objective, 0.01);
    const State state = optimizer->state();
    State before;
    for (const auto& [name, tensor] : state) before[name] = tensor.clone();
    optimizer->step(objective, 0.01);
    EXPECT_TRUE(same_bytes(state, before));
    optimizer->restore(state);
    optimizer->step(objective, 0.01);
    EXPECT_TRUE(same_bytes(state, before));
  }
}

TEST(Optimizers, ResetForgetsEverything) {
  for (const auto& v : variants()) {
    Quadratic objective(start(20, at::kDouble)), fresh(start(20, at::kDouble));
    const auto used = make_optimizer(v.name, v.options), other = make_optimizer(v.name, v.options);
    for (int step = 0; step < 4; ++step) used->step(objective, 0.1);
    objective.parameters().copy_(fresh.parameters());
    used->reset(objective.parameters());
    used->step(objective, 0.1);
    other->step(fresh, 0.1);
    EXPECT_TRUE(same_bytes(objective.parameters(), fresh.parameters()));
  }
}

TEST(Optimizers, StatesThatDoNotFitAreRefusedAndChangeNothing) {
  Quadratic objective(start(5, at::kDouble));
  const auto adam = make_optimizer("adam", {});
  adam->step(objective, 0.01);
  const State good = adam->state();
  const auto refusal = [&](const std::function<void(State&)>& spoil) {
    State bad;
    for (const auto& [name, tensor] : good) bad[name] = tensor.clone().zero_();
    spoil(bad);
    const std::string text = error_of<DataError>([&] { adam->restore(bad); });
    EXPECT_TRUE(same_bytes(adam->state(), good));
    return text;
  };
  EXPECT_EQ(refusal([](State& s) { s.erase("square"); }),
            "the saved optimizer state has no \"square\": resume with the optimizer and options of "
            "the run");
  EXPECT_EQ(refusal([](State& s) { s["largest_square"] = s["square"]; }),
            "the saved optimizer state has \"largest_square\", which this optimizer does not keep: "
            "resume with the optimizer and options of the run");
  EXPECT_EQ(refusal([](State& s) { s["mean"] = at::zeros({6}, at::kDouble); }),
            "the saved optimizer state \"mean\" is Double [6] where Double [5] is needed: resume "
            "with the model and dtype of the run");
  EXPECT_EQ(refusal([](State& s) { s["square"] = at::zeros({5}, at::kFloat); }),
            "the saved optimizer state \"square\" is Float [5] where Double [5] is needed: resume "
            "with the model and dtype of the run");
  EXPECT_EQ(refusal([](State& s) { s["step"] = at::zeros({}, at::kInt); }),
            "the saved optimizer state \"step\" is Int [] where Long [] is needed: resume with the "
            "model and dtype of the run");
  EXPECT_EQ(refusal([](State& s) { s["mean"] = at::Tensor(); }),
            "the saved optimizer state \"mean\" is empty where Double [5] is needed: resume with "
            "the model and dtype of the run");
}

TEST(Optimizers, ComplexParametersAreRefused) {
  for (const auto& name : {"sgd", "adam", "adamw"})
    EXPECT_EQ(error_of<ConfigError>(
                  [&] { make_optimizer(name, {})->reset(at::zeros({3}, at::kComplexDouble)); }),
              "optimizers need real parameters, not ComplexDouble: store complex weights as real "
              "[..., 2]");
}

TEST(Optimizers, BrokenOptionsAreReported) {
  const auto text = [](const std::string& name, const Options& options) {
    return error_of<ConfigError>([&] { make_optimizer(name, options); });
  };
  EXPECT_NE(text("adam", {{"beta1", Value(1.0)}}).find("beta1 = 1.0: must be in [0, 1)"),
            std::string::npos);
  EXPECT_NE(text("adamw", {{"eps", Value(0.0)}}).find("eps = 0.0: must be > 0"), std::string::npos);
  EXPECT_EQ(text("sgd", {{"nesterov", Value(true)}}),
            "sgd: nesterov needs momentum > 0 and dampening = 0");
}

TEST(Objective, LossesThatAreNoSumOfSquaresHaveNoResiduals) {
  Quadratic objective(start(5, at::kDouble));
  EXPECT_FALSE(objective.sum_of_squares());
  EXPECT_EQ(error_of<ConfigError>([&] { objective.residuals(); }),
            "the loss is no sum of squares, so it has no residuals: use an optimizer that needs "
            "gradients only, such as adam");
  EXPECT_EQ(error_of<ConfigError>([&] { objective.jacobian(); }),
            "the loss is no sum of squares, so it has no Jacobian: use an optimizer that needs "
            "gradients only, such as adam");
}

}  // namespace
}  // namespace banach
