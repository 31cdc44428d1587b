// SPDX-License-Identifier: Apache-2.0
// Every primitive, differentiated to order 4, mixed derivatives included.
#include "core/expression/trace.hpp"
#include "tests/executor/cases.hpp"

namespace banach::testing_only {
namespace {

// Orders 0 to 4; each line makes the closed span another one.
std::vector<Body> every_order(const std::function<Expression(const Field&)>& f) {
  std::vector<Body> out;
  out.push_back(f);
  out.push_back([f](const Field& u) { return concat({f(u), f(u).d("x"), f(u).d("tt")}); });
  out.push_back([f](const Field& u) { return concat({f(u).d("xt"), f(u).d("xxt")}); });
  out.push_back([f](const Field& u) { return f(u).d("xxxx") + 2 * f(u).d("xxtt") - f(u).d("t"); });
  out.push_back([f](const Field& u) { return concat({f(u).d("xttt"), f(u).d("tttt")}); });
  return out;
}

Expression positive(const Field& u) { return 1.5 + 0.5 * sin(u()) + 0.2 * u.at("x") * u.at("t"); }

Case function_case(const char* name, Function f, double exponent = 0) {
  return {name, {}, [=](const Field& u) { return apply(f, positive(u), exponent); }};
}

std::vector<Case> functions() {
  return {function_case("Sin", Function::sin),
          function_case("Cos", Function::cos),
          function_case("Exp", Function::exp),
          function_case("Log", Function::log),
          function_case("Sqrt", Function::sqrt),
          function_case("Tanh", Function::tanh),
          function_case("Sigmoid", Function::sigmoid),
          function_case("Softplus", Function::softplus),
          function_case("Gelu", Function::gelu),
          function_case("Silu", Function::silu),
          function_case("Reciprocal", Function::reciprocal),
          function_case("Cube", Function::power, 3),
          function_case("FourthPower", Function::power, 4),
          function_case("NegativePower", Function::power, -2),
          function_case("BrokenPower", Function::power, 2.5)};
}

std::vector<Case> structures() {
  const Scene two = on({{"x", -1, 1}, {"t", 0, 2}}, {"u", "v"});
  Scene functions = on({{"x", -1, 1}, {"t", 0, 2}}, {"u"}, "operator");
  functions.functions = {{"f", 4, {}}};
  return {
      {"Multiply", two, [](const Field& u) { return u["u"] * u["v"] * u.at("x"); }},
      {"Divide", two, [](const Field& u) { return u["u"] / (2 + u["v"] * u["v"]); }},
      {"Square", two, [](const Field& u) { return pow(u["u"], 2) * 0.5 - u["v"] / 3; }},
      {"RowsTimesColumn", two, [](const Field& u) { return u.all() * u.at("x") + u.at("t"); }},
      {"Affine", two,
       [](const Field& u) {
         return sin(affine(u.all(), {2.0, -0.5}, {0.1, 0.2}));
       }},
      {"ConcatAndColumns", two,
       [](const Field& u) {
         const Expression e = concat({u.all(), Expression(2.0), u.at("x") * u["v"]});
         return e.columns(1, 3) * e[0];
       }},
      {"Sum", two, [](const Field& u) { return sum(u.all() * u.all()) * sin(sum(u.all())); }},
      {"Dot", two, [](const Field& u) { return dot(u.all(), tanh(u.all())); }},
      {"DotWithOneColumn", two, [](const Field& u) { return dot(u.at("x"), u.all()); }},
      {"DotWithANumber", two, [](const Field& u) { return dot(3.0, u.all()); }},
      {"Where", two,
       [](const Field& u) {
         return where(u.at("x"), u.all() * u.at("t"), concat({u["v"] * u["v"], sin(u["u"])}));
       }},
      {"WhereWithOneColumn", two,
       [](const Field& u) {
         return sum(where(u.at("t") - 1, u.at("x") * u.at("x") * u.at("t"),
                          affine(0 * u.all(), {1, 1}, {0.5, 2}))) *
                u["u"];
       }},
      {"MaxMinAbs", two,
       [](const Field& u) {
         return concat({max(u["u"], u["v"]), min(u["u"], 0.3), abs(u["u"] * u["v"])});
       }},
      {"Stop", two, [](const Field& u) { return stop(u["u"]) * u["v"] + stop(sin(u["v"])); }},
      {"VanishingSums", two,
       [](const Field& u) {
         return concat({u.all() - u.all(), 0 * u.all(), u["u"]});
       }},
      {"Data", two, [](const Field& u) { return u.data("target") * u["u"] * u["v"]; }},
      {"VanishingSumsKeepTheirNumber", two,
       [](const Field& u) { return sum(pow(u.all(), 0)) * u["u"]; }},
      {"DotOfAFunctionsColumnAndPoints", functions,
       [](const Field& u) {
         return u() * dot(u.function("f")[1], concat({u.at("x"), u.at("t") * u.at("t")}));
       }},
      {"InputFunction", functions,
       [](const Field& u) { return sum(sin(u.function("f"))) * u() + u.function("f")[2]; }},
  };
}

class Primitive : public ::testing::TestWithParam<Case> {};

TEST_P(Primitive, AgreesWithTheNestedOracleToFourthOrder) {
  const Laboratory laboratory(GetParam().scene);
  for (const auto& body : every_order(GetParam().body))
    expect_agreement(laboratory, body, GetParam().name != "Stop");
}

INSTANTIATE_TEST_SUITE_P(Functions, Primitive, ::testing::ValuesIn(functions()), name_of);
INSTANTIATE_TEST_SUITE_P(Structures, Primitive, ::testing::ValuesIn(structures()), name_of);

TEST(Primitive, ReluHasFirstDerivatives) {
  expect_agreement(Laboratory(Scene{}), [](const Field& u) {
    return concat({relu(u()), relu(u() * u.at("x")).d("t"), relu(u()).d("x")});
  });
}

TEST(Primitive, IntegerPowersAreExactWhereTheBaseVanishes) {
  expect_agreement(Laboratory(Scene{}), [](const Field& u) {
    const Expression z = u.at("x") - u.at("x") * 1.0 + 0 * u() + (u.at("t") - stop(u.at("t")));
    return concat({pow(z, 3).d("ttt"), pow(z, 4).d("tttt"), u()});
  });
}

TEST(Primitive, SoftplusIsExactForLargeArguments) {
  const Laboratory laboratory(Scene{});
  for (const double shift : {15.0, 25.0, 35.0, 300.0}) {
    const auto r = laboratory.record_body(
        [=](const Field& u) { return concat({softplus(shift + 0 * u()) - shift}); });
    const double found = laboratory.run(r).value[0][0].item<double>();
    EXPECT_NEAR(found, std::log1p(std::exp(-shift)), 1e-13 * shift) << shift;
  }
}

TEST(Primitive, StopHidesFromTheParametersOnly) {
  const Laboratory laboratory(Scene{});
  const auto r = laboratory.record_body([](const Field& u) { return stop(u()).d("xx"); });
  const auto plain = laboratory.record_body([](const Field& u) { return u.d("xx"); });
  const Outcome stopped = laboratory.run(r);
  EXPECT_LT(error(stopped.value, laboratory.run(plain).value), 1e-14);
  EXPECT_EQ(stopped.gradient.abs().max().item<double>(), 0);
}

TEST(Primitive, StructurallyZeroValuesAreZeros) {
  const Laboratory laboratory(Scene{});
  expect_agreement(laboratory, [](const Field& u) {
    const Expression zero = u.at("x").d("t");
    return concat({where(zero, u(), u.d("x")), zero + u(), batch_mean(zero) * u(), exp(zero) * u(),
                   abs(zero)});
  });
}

}  // namespace
}  // namespace banach::testing_only
