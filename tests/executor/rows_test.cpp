// SPDX-License-Identifier: Apache-2.0
// Rows of every kind: quadrature nodes, moved points, input functions, frozen solutions, batches.
#include "core/expression/trace.hpp"
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

const Domain line{{"x", 0, 1}};

Expression fredholm_kernel(const Field& here, const Field& there) {
  return sin(here.at("x") * there.at("x")) * there();
}

std::vector<Case> integral_cases() {
  const auto gauss = Quadrature::gauss(6, 0, 1);
  const auto box = Quadrature::gauss(3, -1, 1).times(Quadrature::trapezoid(3, 0, 1));
  return {
      {"Fredholm", on(line),
       [=](const Field& u) { return u() - u.integral("x", gauss, fredholm_kernel) - u.at("x"); }},
      {"FredholmDifferentiated", on(line),
       [=](const Field& u) {
         return (u() - u.integral("x", gauss, fredholm_kernel)).d("xx") + u();
       }},
      {"Hammerstein", on(line),
       [=](const Field& u) {
         return u() - u.integral("x", gauss, [](const Field& h, const Field& t) {
           return exp(h.at("x") - t.at("x")) * pow(t(), 3) + h() * t();
         });
       }},
      {"IntegroDifferential",
       {},
       [=](const Field& u) {
         return u.d("t") + u.integral("x", gauss, [](const Field& h, const Field& t) {
           return cos(h.at("x") - t.at("x")) * t.d("xx") + t.d("t") * h.d("x");
         });
       }},
      {"PlainIntegral",
       {},
       [=](const Field& u) {
         return u.integral("x", gauss, [](const Field&, const Field& t) { return t(); }) +
                u.integral("x", gauss, [](const Field& h, const Field&) { return h(); }) +
                u.integral("x", gauss, [](const Field&, const Field&) { return 2.0; });
       }},
      {"Volterra", on(line),
       [](const Field& u) { return u() - u.integral_to("x", 0, 5, fredholm_kernel); }},
      {"VolterraDifferentiatedThroughTheLimit", on(line),
       [](const Field& u) {
         const Expression i = u.integral_to("x", 0, 5, fredholm_kernel);
         return concat({i.d("x"), i.d("xx"), (u() * i).d("xx")});
       }},
      {"VolterraInTwoCoordinates",
       {},
       [](const Field& u) {
         const Expression memory = u.integral_to("t", 0, 4, [](const Field& h, const Field& t) {
           return exp(t.at("t") - h.at("t")) * t.d("xx");
         });
         return u.d("t") - memory + memory.d("t");
       }},
      {"TwoAxes", on(plane()),
       [=](const Field& u) {
         const Expression i = u.integral("x,y", box, [](const Field& h, const Field& t) {
           return exp(-pow(h.at("x") - t.at("x"), 2)) * t.at("y") * t() + t.d("xy");
         });
         return u() - i + i.d("x");
       }},
  };
}

std::vector<Case> moved_cases() {
  Scene constrained = {};
  constrained.ansatz = [](const Point& p, E n) { return sin(p["x"]) + p["t"] * n; };
  return {
      {"PeriodicEnds", {}, [](const Field& u) { return periodic("periodic", "x", 3).body(u); }},
      {"PeriodicEndsUnderAnAnsatz", constrained,
       [](const Field& u) {
         const Field left = u.with("x", -1.0), right = u.with("x", 1.0);
         return concat(
             {left() - right(), left.d("x") - right.d("x"), left.d("xx") - right.d("xx")});
       }},
      {"Delay",
       {},
       [](const Field& u) {
         const Field past = u.with("t", u.at("t") - 0.3);
         return concat({u.d("t") + past() * u(), past.d("t"), past.d("xx")});
       }},
      {"ArgumentAndTotalDerivativesDiffer",
       {},
       [](const Field& u) {
         const Field moved = u.with("t", sin(u.at("t")) * u.at("x"));
         return concat({moved.d("t"), moved().d("t"), moved.d("tt").d("x"), moved().d("xx")});
       }},
      {"DelayThatDependsOnTheState",
       {},
       [](const Field& u) {
         const Field past = u.with("t", u.at("t") - 0.2 * u() * u());
         return concat({u.d("t") + past(), past().d("t"), past.d("t") * past.d("x")});
       }},
      {"FixedPoint",
       {},
       [](const Field& u) {
         const Field origin = u.with("x", 0.0).with("t", 0.0);
         return concat({u() - origin(), origin.d("x"), origin.d("tt")});
       }},
      {"FixedPointOnALine", on(line),
       [](const Field& u) { return u.d("x") - u.with("x", 0.0)() + u.with("x", 1.0).d("x"); }},
      {"OnlyFixedPoints", on(line),
       [](const Field& u) {
         return concat({u.with("x", 0.0)(), u.with("x", 0.0).d("x")});
       }},
  };
}

std::vector<Case> function_cases() {
  Scene operators = on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "operator");
  operators.functions = {{"f", 4, {}}};
  Scene mixed = operators;
  mixed.architecture = "mixed";
  const auto heat = [](const Field& u) { return u.d("t") - 0.3 * u.d("xx"); };
  const auto sensors = [](const Field& u) {
    return u.d("t") - u() * u.d("x") - 0.1 * u.d("xx") + sum(u.function("f")) * u.at("x");
  };
  const auto integral = [](const Field& u) {
    return u() - u.integral("x", Quadrature::gauss(4, -1, 1), [](const Field& h, const Field& t) {
      return exp(h.at("x") * t.at("x")) * t() + t.d("x");
    });
  };
  Scene additive = operators, bilinear = operators;
  additive.architecture = "additive";
  bilinear.architecture = "bilinear";
  const auto slope = [](const Field& u) { return u.d("x"); };
  return {{"HeatAcrossFunctions", operators, heat, 3},
          {"BurgersAcrossFunctions", operators, sensors, 3},
          {"IntegralAcrossFunctions", operators, integral},
          {"MixedHeat", mixed, heat, 3},
          {"MixedBurgers", mixed, sensors, 3},
          {"MixedSlope", mixed, slope},
          {"AdditiveSlope", additive, slope},
          {"AdditiveValueAndSlope", additive, [](const Field& u) { return u.d("x") + u() * u(); }},
          {"BilinearSlope", bilinear, slope},
          {"BilinearIntegral", bilinear,
           [](const Field& u) {
             return u() + u.integral("x", Quadrature::gauss(3, -1, 1),
                                     [](const Field&, const Field& t) { return t.d("x"); });
           }},
          {"MixedFixedPoint", mixed,
           [](const Field& u) { return u.with("x", 0.0).d("t") - u.with("x", 1.0)(); }}};
}

std::vector<Case> bank_cases() {
  const auto frozen = [](const Point& p) { return call_network(1, 1, p, {}); };
  return {
      {"WindowStartsAtAnEarlierSolution",
       {},
       [=](const Field& u) { return u.with("t", 0.0)() - frozen(u.point().with("t", 2.0)); }},
      {"EarlierSolutionDifferentiated",
       {},
       [=](const Field& u) {
         const Expression before = frozen(u.point());
         return u.d("t") - (u() * before.d("x")).d("x") + before.d("tt");
       }},
  };
}

class RowKind : public ::testing::TestWithParam<Case> {};

TEST_P(RowKind, AgreesWithTheNestedOracle) {
  const Laboratory laboratory(GetParam().scene);
  expect_agreement(laboratory, GetParam().body);
  if (GetParam().planes > 0) {
    EXPECT_EQ(laboratory.planes(laboratory.record_body(GetParam().body)), GetParam().planes);
  }
}

TEST_P(RowKind, IsTheSameByNestedDerivativesAndCloseByDifferences) {
  const Laboratory laboratory(GetParam().scene);
  const Recorded r = laboratory.record_body(GetParam().body);
  const Outcome exact = laboratory.run(r), nested = laboratory.run(r, Derivatives::nested);
  EXPECT_LT(error(nested.value, exact.value), 1e-12);
  EXPECT_LT(error(nested.gradient, exact.gradient), 1e-12);
  const Outcome differences = laboratory.run(r, Derivatives::finite_difference);
  EXPECT_LT(error(differences.value, exact.value), 1e-4);
  EXPECT_LT(error(differences.gradient, exact.gradient), 1e-4);
}

TEST(FiniteDifferences, OfAGivenStepErrByItsSquare) {
  const Laboratory laboratory(Scene{});
  const Recorded r = laboratory.record_body([](const Field& u) { return u.d("xx") + u.d("t"); });
  const at::Tensor exact = laboratory.run(r).value;
  const auto off = [&](double step) {
    return error(laboratory.run(r, {Derivatives::finite_difference, step}).value, exact);
  };
  EXPECT_NEAR(off(1e-2) / off(5e-3), 4, 0.05);
  EXPECT_GT(off(1e-2), 100 * off(0));
}

INSTANTIATE_TEST_SUITE_P(Integrals, RowKind, ::testing::ValuesIn(integral_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Moved, RowKind, ::testing::ValuesIn(moved_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Functions, RowKind, ::testing::ValuesIn(function_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Banks, RowKind, ::testing::ValuesIn(bank_cases()), name_of);

TEST(BatchMean, IsNotDifferentiatedByCoordinatesButByParameters) {
  const Laboratory laboratory(on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "normalised"));
  expect_agreement(laboratory, [](const Field& u) { return u.d("t") - 0.7 * u.d("xx") + u(); });
}

TEST(BatchMean, OfAResidualIsANumberToTheCoordinates) {
  const Laboratory laboratory(Scene{});
  expect_agreement(laboratory, [](const Field& u) {
    const Expression mean = batch_mean(u.d("x") * u.d("x"));
    return concat({mean * u.d("t"), (mean * u()).d("xx"), mean * mean});
  });
  const auto slope =
      laboratory.record_body([](const Field& u) { return batch_mean(u() * u()).d("x") + 0 * u(); });
  EXPECT_EQ(laboratory.run(slope).value.abs().max().item<double>(), 0);
}

TEST(BatchMean, InsideANetworkNeedsExactDerivatives) {
  const Laboratory laboratory(Scene{}, table("normalised"));
  const auto slope = laboratory.record_body([](const Field& u) { return u.d("x"); });
  for (const auto mode : {Derivatives::nested, Derivatives::finite_difference}) {
    try {
      laboratory.run(slope, mode);
      FAIL() << "batch statistics were differentiated";
    } catch (const ConfigError& e) {
      EXPECT_NE(std::string(e.what()).find("use derivatives = \"exact\""), std::string::npos);
    }
  }
}

TEST(BatchMean, BesideQuadratureNodesIsOverThePoints) {
  const Laboratory laboratory(Scene{});
  expect_agreement(laboratory, [](const Field& u) {
    const auto gauss = Quadrature::gauss(4, 0, 1);
    const Expression i = u.integral("x", gauss, [](const Field& h, const Field& t) {
      return batch_mean(t() * h.at("x")) * t() + batch_mean(t.at("x")) * h();
    });
    return i + batch_mean(u()) * u.d("x");
  });
}

}  // namespace
}  // namespace banach::testing_only
