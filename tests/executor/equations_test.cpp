// SPDX-License-Identifier: Apache-2.0
// Differential equations on small networks: values, gradients and planes.
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

Expression laplacian(E e) { return e.d("xx") + e.d("yy"); }

Expression navier_stokes_3d(const Field& u) {
  const auto convection = [&](std::string_view q) {
    return u["u"] * u.d("x", q) + u["v"] * u.d("y", q) + u["w"] * u.d("z", q);
  };
  const auto momentum = [&](std::string_view q, std::string_view axis) {
    return u.d("t", q) + convection(q) + u.d(axis, "p") -
           0.01 * (u.d("xx", q) + u.d("yy", q) + u.d("zz", q));
  };
  return concat({momentum("u", "x"), momentum("v", "y"), momentum("w", "z"),
                 u.d("x", "u") + u.d("y", "v") + u.d("z", "w")});
}

Expression stream_function(const Field& f) {
  const Expression psi = f["psi"], u = psi.d("y"), v = -psi.d("x"), p = f["p"];
  const auto momentum = [&](E q, const char* axis) {
    return u * q.d("x") + v * q.d("y") + p.d(axis) - 0.1 * laplacian(q);
  };
  return concat({momentum(u, "x"), momentum(v, "y")});
}

Expression elasticity(const Field& f) {
  const Expression u = f["u"], v = f["v"], divergence = u.d("x") + v.d("y");
  const Expression sxx = 1.2 * divergence + 0.8 * u.d("x"), syy = 1.2 * divergence + 0.8 * v.d("y"),
                   sxy = 0.4 * (u.d("y") + v.d("x"));
  return concat({sxx.d("x") + sxy.d("y"), sxy.d("x") + syy.d("y") - 1});
}

Expression heat_9d(const Field& u) {
  Expression sum = u.d("t");
  for (int i = 1; i <= 9; ++i) {
    const std::string axis = "x" + std::to_string(i);
    sum = sum - u.d(axis + axis);
  }
  return sum;
}
Domain ten_axes() {
  Domain d{{"t", 0, 1}};
  for (int i = 1; i <= 9; ++i) d.push_back({"x" + std::to_string(i), 0, 1});
  return d;
}

Scene learnable(const Coefficient& c) {
  Scene s;
  s.coefficients = {c};
  return s;
}
Body learnable_heat(const Coefficient& kappa) {
  return [kappa](const Field& u) { return u.d("t") - kappa * u.d("xx"); };
}
Coefficient unbounded() { return Coefficient::learnable("kappa", 0.7); }
Coefficient low() { return Coefficient::learnable("kappa", 0.7, 0.1); }
Coefficient high() { return Coefficient::learnable("kappa", 0.7, -1e300 * 1e300, 3.0); }
Coefficient both() { return Coefficient::learnable("kappa", 0.7, 0.1, 3.0); }

std::vector<Case> first_order_cases() {
  return {
      {"HeatOnLayers", {}, [](const Field& u) { return u.d("t") - 0.7 * u.d("xx"); }, 3, 1e-4},
      {"HeatOnGates", on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "gated"),
       [](const Field& u) { return u.d("t") - 0.7 * u.d("xx"); }, 3, 1e-4},
      {"HeatOnFixedFrequencies", on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "frequencies"),
       [](const Field& u) { return u.d("t") - 0.7 * u.d("xx"); }, 3, 1e-4},
      {"HeatInNineDimensions", on(ten_axes()), heat_9d, 11, 1e-4},
      {"Burgers",
       {},
       [](const Field& u) { return u.d("t") + u() * u.d("x") - 0.01 * u.d("xx"); },
       3,
       1e-4},
      {"Wave", {}, [](const Field& u) { return u.d("tt") - 2 * u.d("xx"); }, 4, 1e-4},
      {"KortewegDeVries",
       {},
       [](const Field& u) { return u.d("t") + 6 * u() * u.d("x") + u.d("xxx"); },
       4,
       1e-2},
      {"FitzHughNagumo", on({{"t", 0, 2}}, {"v", "w"}),
       [](const Field& u) {
         const Expression v = u["v"], w = u["w"];
         return concat(
             {v.d("t") - (v - pow(v, 3) / 3 - w + 0.5), w.d("t") - 0.08 * (v + 0.7 - 0.8 * w)});
       },
       2, 1e-6},
      {"MixedDerivative", {}, [](const Field& u) { return u.d("xt") + u() * u.d("tx"); }, 4, 1e-4},
      {"NavierStokes3d",
       on({{"x", 0, 1}, {"y", 0, 1}, {"z", 0, 1}, {"t", 0, 1}}, {"u", "v", "w", "p"}),
       navier_stokes_3d, 5, 1e-4},
      {"DeepRitzEnergy", on(plane()),
       [](const Field& u) {
         return 0.5 * (pow(u.d("x"), 2) + pow(u.d("y"), 2)) - sin(u.at("x")) * u();
       },
       3, 1e-6},
      {"Loop",
       {},
       [](const Field& u) {
         Expression sum = 0.0;
         for (int k = 1; k <= 4; ++k) sum = sum + sin(k * pi * u.at("x")) * u.d("t") / k;
         return sum - u.d("xx");
       },
       4,
       1e-4},
      {"Upwind",
       {},
       [](const Field& u) {
         return u.d("t") + where(u(), u() * u.d("x"), 2 * u() * u.d("x")) + max(u(), u.d("t")) +
                min(u.d("x"), 0.1) + abs(u.d("xx"));
       },
       4,
       1e-4},
  };
}

std::vector<Case> higher_order_cases() {
  return {
      {"Biharmonic2d", on(plane()), [](const Field& u) { return laplacian(laplacian(u())) - 1; }, 9,
       1e-1},
      {"Biharmonic3d", on({{"x", 0, 1}, {"y", 0, 1}, {"z", 0, 1}}),
       [](const Field& u) {
         const auto lap = [](E e) { return e.d("xx") + e.d("yy") + e.d("zz"); };
         return lap(lap(u()));
       },
       14, 1e-1},
      {"CahnHilliard", on({{"x", -1, 1}, {"y", 0, 1}, {"t", 0, 1}}),
       [](const Field& u) {
         return u.d("t") - laplacian(pow(u(), 3) - u() - 0.01 * laplacian(u()));
       },
       10, 1e-1},
      {"StreamFunction", on(plane(), {"psi", "p"}), stream_function, 8, 1e-2},
      {"Elasticity", on(plane(), {"u", "v"}), elasticity, 6, 1e-4},
      {"Flux",
       {},
       [](const Field& u) { return u.d("t") - ((1 + pow(u(), 2)) * u.d("x")).d("x"); },
       4,
       1e-4},
      {"FluxWithGivenConductivity",
       {},
       [](const Field& u) {
         return (exp(u.at("x")) * u.d("x")).d("x") + u.data("target") * u.d("t");
       },
       4,
       1e-4},
  };
}

std::vector<Case> coefficient_cases() {
  Scene input = on({{"x", -1, 1}, {"t", 0, 2}, {"kappa", 0.1, 2}});
  return {
      {"LearnableUnbounded", learnable(unbounded()), learnable_heat(unbounded()), 4, 1e-4},
      {"LearnableAboveABound", learnable(low()), learnable_heat(low()), 4, 1e-4},
      {"LearnableBelowABound", learnable(high()), learnable_heat(high()), 4, 1e-4},
      {"LearnableBetweenBounds", learnable(both()), learnable_heat(both()), 4, 1e-4},
      {"CoefficientAsInput", input, learnable_heat(Coefficient::input("kappa", 0.1, 2)), 4, 1e-4},
      {"FixedCoefficient", {}, learnable_heat(Coefficient(0.7)), 3, 1e-4},
      {"LearnableInsideTheSolution",
       [] {
         Scene s = learnable(both());
         s.ansatz = [](const Point& p, E n) { return exp(-both() * p["t"]) * n + both() * p["x"]; };
         return s;
       }(),
       learnable_heat(both()), 4, 1e-4},
  };
}

std::vector<Case> ansatz_cases() {
  const auto with = [](std::function<Expression(const Point&, E)> ansatz, Scene s = {}) {
    s.ansatz = std::move(ansatz);
    return s;
  };
  const auto heat = [](const Field& u) { return u.d("t") - 0.7 * u.d("xx"); };
  return {
      {"HardConstraint", with([](const Point& p, E n) {
         return sin(pi * p["x"]) + p["t"] * (1 - p["x"] * p["x"]) * n;
       }),
       heat, 3, 1e-4},
      {"HardConstraintOfFourthOrder",
       with([](const Point& p, E n) { return p["x"] * p["x"] * pow(1 - p["y"], 2) * n; },
            on(plane())),
       [](const Field& u) { return laplacian(laplacian(u())); }, 9, 1e-1},
      {"HardConstraintOnTensors",
       with([](const Point& p, E n) { return sin(p["x"]) + p["t"] * cos(p["x"]) * n; },
            on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "opaque")),
       heat, 3, 1e-4},
  };
}

class Equation : public ::testing::TestWithParam<Case> {};

TEST_P(Equation, AgreesWithTheNestedOracle) {
  expect_agreement(Laboratory(GetParam().scene), GetParam().body);
}

TEST_P(Equation, CostsThePlanesOfTheClosedSpan) {
  const Laboratory laboratory(GetParam().scene);
  EXPECT_EQ(laboratory.planes(laboratory.record_body(GetParam().body)), GetParam().planes);
}

TEST_P(Equation, IsTheSameByNestedDerivatives) {
  const Laboratory laboratory(GetParam().scene);
  const Recorded r = laboratory.record_body(GetParam().body);
  const Outcome exact = laboratory.run(r), nested = laboratory.run(r, Derivatives::nested);
  EXPECT_LT(error(nested.value, exact.value), 1e-12);
  EXPECT_LT(error(nested.gradient, exact.gradient), 1e-12);
}

TEST_P(Equation, IsCloseByFiniteDifferences) {
  const Laboratory laboratory(GetParam().scene);
  const Recorded r = laboratory.record_body(GetParam().body);
  const Outcome exact = laboratory.run(r),
                differences = laboratory.run(r, Derivatives::finite_difference);
  EXPECT_LT(error(differences.value, exact.value), GetParam().differences);
  EXPECT_LT(error(differences.gradient, exact.gradient), GetParam().differences);
}

INSTANTIATE_TEST_SUITE_P(FirstOrder, Equation, ::testing::ValuesIn(first_order_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(HigherOrder, Equation, ::testing::ValuesIn(higher_order_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Coefficients, Equation, ::testing::ValuesIn(coefficient_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Ansatz, Equation, ::testing::ValuesIn(ansatz_cases()), name_of);

}  // namespace
}  // namespace banach::testing_only
