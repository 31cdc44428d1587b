// SPDX-License-Identifier: Apache-2.0
#include "core/sampling/initialise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"

namespace banach {
namespace {

Init rule(const std::string& name, double gain = 1, double value = 0) {
  Init init = Init::named(name);
  init.gain = gain;
  init.value = value;
  return init;
}

std::vector<double> values(const Init& init, int in, int out, const Stream& s = Stream(1, "w")) {
  std::vector<double> w(static_cast<std::size_t>(in) * out);
  initialise(init, in, out, static_cast<std::int64_t>(w.size()), s, w.data());
  return w;
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Initialise, ConstantsAreConstant) {
  for (const double w : values(rule("zeros"), 3, 4)) EXPECT_EQ(w, 0);
  for (const double w : values(rule("ones"), 3, 4)) EXPECT_EQ(w, 1);
  for (const double w : values(rule("constant", 1, -2.5), 3, 4)) EXPECT_EQ(w, -2.5);
}

TEST(Initialise, UniformRulesFillTheirBounds) {
  constexpr int in = 300, out = 100;
  struct Case {
    Init init;
    double centre, bound;
  };
  const Case cases[] = {{rule("uniform", 0.25, 2), 2, 0.25},
                        {rule("xavier_uniform", 5 / 3.0), 0, 5 / 3.0 * std::sqrt(6 / 400.0)},
                        {rule("kaiming_uniform"), 0, std::sqrt(6 / 300.0)},
                        {rule("torch_default"), 0, std::sqrt(1 / 300.0)}};
  for (const auto& [init, centre, bound] : cases) {
    const auto w = values(init, in, out);
    const auto [low, high] = std::minmax_element(w.begin(), w.end());
    EXPECT_GE(*low, centre - bound);
    EXPECT_LE(*high, centre + bound);
    EXPECT_NEAR(*low, centre - bound, 1e-3 * bound);
    EXPECT_NEAR(*high, centre + bound, 1e-3 * bound);
    double variance = 0;
    for (const double x : w) variance += (x - centre) * (x - centre) / w.size();
    EXPECT_NEAR(variance, bound * bound / 3, 0.03 * bound * bound / 3);
  }
}

TEST(Initialise, NormalRulesHaveTheirMoments) {
  constexpr int in = 300, out = 100;
  struct Case {
    Init init;
    double mean, variance;
  };
  const Case cases[] = {{rule("normal", 0.5, 2), 2, 0.25},
                        {rule("xavier_normal", 3), 0, 9 * 2 / 400.0},
                        {rule("kaiming_normal"), 0, 2 / 300.0},
                        {rule("lecun_normal", 2), 0, 4 / 300.0}};
  for (const auto& [init, expected, expected_variance] : cases) {
    const auto w = values(init, in, out);
    double mean = 0, variance = 0, fourth = 0;
    for (const double x : w) mean += x / w.size();
    for (const double x : w) variance += (x - mean) * (x - mean) / w.size();
    for (const double x : w) fourth += std::pow(x - mean, 4) / w.size();
    EXPECT_NEAR(mean, expected, 5 * std::sqrt(expected_variance / w.size()));
    EXPECT_NEAR(variance, expected_variance, 5 * std::sqrt(2.0 / w.size()) * expected_variance);
    EXPECT_NEAR(fourth / (variance * variance), 3, 5 * std::sqrt(24.0 / w.size()));
  }
}

TEST(Initialise, OrthogonalMakesTheShorterSideOrthonormalTimesGain) {
  for (const auto& [in, out] : {std::pair{7, 5}, {5, 7}, {64, 64}, {1, 3}, {3, 1}}) {
    const auto w = values(rule("orthogonal", 1.5), in, out);
    const bool rows = out <= in;
    const int side = rows ? out : in, length = rows ? in : out;
    for (int i = 0; i < side; ++i)
      for (int j = 0; j < side; ++j) {
        double product = 0;
        for (int k = 0; k < length; ++k)
          product += rows ? w[i * in + k] * w[j * in + k] : w[k * in + i] * w[k * in + j];
        EXPECT_NEAR(product, i == j ? 2.25 : 0, 1e-13);
      }
  }
}

// Haar: the trace of a random orthogonal matrix has mean 0 and variance 1 (QR without signs fails).
TEST(Initialise, OrthogonalIsHaarDistributed) {
  double mean = 0, square = 0;
  constexpr int draws = 2000;
  for (int i = 0; i < draws; ++i) {
    const auto w = values(rule("orthogonal"), 4, 4, Stream(1, "w", i));
    const double trace = w[0] + w[5] + w[10] + w[15];
    mean += trace / draws, square += trace * trace / draws;
  }
  EXPECT_NEAR(mean, 0, 5 / std::sqrt(draws));
  EXPECT_NEAR(square, 1, 5 * std::sqrt(2.0 / draws));
}

TEST(Initialise, AStreamRepeatsAndStreamsDiffer) {
  for (const auto& name : Init::names()) {
    const Init init = rule(name);
    const bool random = name != "zeros" && name != "ones" && name != "constant";
    EXPECT_EQ(values(init, 4, 4), values(init, 4, 4)) << name;
    EXPECT_EQ(values(init, 4, 4) != values(init, 4, 4, Stream(2, "w")), random) << name;
  }
}

TEST(Initialise, NamesFollowTheKinds) {
  EXPECT_EQ(Init::names().size(), static_cast<std::size_t>(Init::Kind::torch_default) + 1);
  EXPECT_EQ(Init::named("xavier_uniform").kind, Init::Kind::xavier_uniform);
  EXPECT_EQ(Init::named("orthogonal").kind, Init::Kind::orthogonal);
  EXPECT_EQ(Init::named("torch_default").kind, Init::Kind::torch_default);
}

TEST(Initialise, MistakesAreNamed) {
  EXPECT_EQ(error_of([] { Init::named("xavier_unifrom"); }),
            "there is no initialisation \"xavier_unifrom\" (did you mean \"xavier_uniform\"?)");
  EXPECT_EQ(error_of([] { Init::named("q"); }).substr(0, 50),
            "there is no initialisation \"q\": choose one of zero");
  double bias[3];
  EXPECT_EQ(error_of([&] { initialise(rule("orthogonal"), 2, 3, 3, Stream(0, ""), bias); }),
            "orthogonal initialisation needs a whole matrix of 3 x 2 weights, not 3 values: choose "
            "another one for biases");
  EXPECT_EQ(error_of([&] { initialise(rule("ones"), 0, 3, 3, Stream(0, ""), bias); }),
            "a layer of 0 inputs and 3 outputs cannot be initialised: both must be >= 1");
}

}  // namespace
}  // namespace banach
