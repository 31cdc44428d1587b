// SPDX-License-Identifier: Apache-2.0
// Transforms along one axis against the sums that define them, for every way to deal the points.
#include "core/spectral/axis_transform.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace banach {
namespace {

using Numbers = std::vector<double>;
using Transform = AxisTransform<double>;
constexpr std::int64_t columns = 67;  // more than are worked on at a time

Numbers random_numbers(std::int64_t size, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  Numbers out(static_cast<std::size_t>(size));
  for (double& x : out) x = normal(generator);
  return out;
}

double wave(bool sine, std::int64_t multiple, std::int64_t points) {
  const double angle =
      2 * M_PI * static_cast<double>(multiple % points) / static_cast<double>(points);
  return sine ? -std::sin(angle) : std::cos(angle);
}

double factor(Transform::Scale scale, bool one_sided, std::int64_t points, std::int64_t k) {
  if (2 * k > points) return 0;
  if (scale == Transform::mean) return 1 / static_cast<double>(points);
  return (2 * k == points ? 0.5 : 1) * (one_sided && k > 0 ? 2 : 1);
}

// Waves [cosine and sine, modes, columns] from x [points, columns], and back.
Numbers analysed(const Transform& t, Transform::Scale scale, const Numbers& x) {
  Numbers out(static_cast<std::size_t>(2 * t.modes() * columns));
  Numbers scratch(static_cast<std::size_t>(t.scratch()));
  double* const sine = out.data() + t.modes() * columns;
  t.analyse(scale, columns, x.data(), columns, {out.data(), sine, columns}, scratch.data());
  return out;
}
Numbers synthesised(const Transform& t, Transform::Scale scale, const Numbers& waves, Numbers x,
                    bool accumulate) {
  Numbers scratch(static_cast<std::size_t>(t.scratch()));
  const double* const sine = waves.data() + t.modes() * columns;
  t.synthesise(scale, columns, {waves.data(), sine, columns}, x.data(), columns, accumulate,
               scratch.data());
  return x;
}

// The largest difference of both passes from the sums.
double error(const Transform& t, Transform::Scale scale, bool one_sided) {
  const std::int64_t points = t.points(), modes = t.modes();
  const Numbers x = random_numbers(points * columns, 1),
                waves = random_numbers(2 * modes * columns, 2);
  const Numbers forward = analysed(t, scale, x), back = synthesised(t, scale, waves, x, true);
  Numbers by_hand(static_cast<std::size_t>(2 * modes * columns)), values = x;
  for (std::int64_t part = 0; part < 2; ++part)
    for (std::int64_t k = part; k < modes; ++k)
      for (std::int64_t i = 0; i < points; ++i)
        for (std::int64_t c = 0; c < columns; ++c) {
          const double entry = factor(scale, one_sided, points, k) * wave(part, k * i, points);
          const auto at = static_cast<std::size_t>((part * modes + k) * columns + c);
          const auto point = static_cast<std::size_t>(i * columns + c);
          by_hand[at] += entry * x[point];
          values[point] += entry * waves[at];
        }
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    worst = std::max(worst, std::abs(values[i] - back[i]));
  for (std::size_t i = 0; i < by_hand.size(); ++i)
    worst = std::max(worst, std::abs(by_hand[i] - forward[i]));
  return worst;
}

TEST(AxisTransform, IsTheSumThatDefinesIt) {
  for (const std::int64_t points : {1, 2, 3, 4, 5, 9, 12, 24})
    for (const std::int64_t modes : {std::int64_t{1}, points / 2 + 1, points / 2 + 4})
      for (std::int64_t hands = 1; hands <= points; ++hands) {
        if (points % hands != 0) continue;
        for (const bool one_sided : {false, true})
          for (const auto scale : {Transform::mean, Transform::sum})
            EXPECT_LT(error({points, modes, one_sided, hands}, scale, one_sided), 1e-12)
                << points << " points, " << modes << " modes, " << hands << " hands";
      }
}

TEST(AxisTransform, OverwritesUnlessItShallAdd) {
  const Transform t(24, 5, true, 4);
  const Numbers x = random_numbers(24 * columns, 1), waves = random_numbers(10 * columns, 2);
  const Numbers zero(x.size(), 0.0);
  EXPECT_EQ(synthesised(t, Transform::sum, waves, x, false),
            synthesised(t, Transform::sum, waves, zero, true));
}

TEST(AxisTransform, DealsPointsOnlyForManyModes) {
  EXPECT_EQ(AxisTransform<float>(128, 12, true).hands(), 1);
  EXPECT_EQ(AxisTransform<float>(4096, 16, true).hands(), 1);
  EXPECT_GT(AxisTransform<float>(128, 65, true).hands(), 1);
  EXPECT_GT(AxisTransform<float>(4096, 128, true).hands(), 1);
  EXPECT_EQ(AxisTransform<float>(127, 64, true).hands(), 1);  // a prime
}

}  // namespace
}  // namespace banach
