// SPDX-License-Identifier: Apache-2.0
#include "core/optimizers/clip.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

at::Tensor vector(std::vector<double> values) { return at::tensor(values, at::kDouble); }

TEST(Clip, NormScalesLongGradientsOnly) {
  at::Tensor g = vector({3, -4});
  clip_gradient(g, 1, 0);
  EXPECT_TRUE(at::allclose(g, vector({0.6, -0.8}), 1e-6));
  EXPECT_NEAR(g.norm().item<double>(), 1, 1e-6);
  g = vector({0.3, -0.4});
  clip_gradient(g, 1, 0);
  EXPECT_TRUE(at::equal(g, vector({0.3, -0.4})));
  g = vector({0, 0});
  clip_gradient(g, 1, 0);
  EXPECT_TRUE(at::equal(g, vector({0, 0})));
}

TEST(Clip, ValueBoundsEveryEntry) {
  at::Tensor g = vector({3, -4, 0.5});
  clip_gradient(g, 0, 1);
  EXPECT_TRUE(at::equal(g, vector({1, -1, 0.5})));
}

TEST(Clip, ValueComesBeforeNorm) {
  at::Tensor g = vector({30, -40});
  clip_gradient(g, 1, 3);
  EXPECT_TRUE(at::allclose(g, vector({std::sqrt(0.5), -std::sqrt(0.5)}), 1e-5));
}

TEST(Clip, OffChangesNothing) {
  at::Tensor g = vector({30, -40});
  clip_gradient(g, 0, 0);
  EXPECT_TRUE(at::equal(g, vector({30, -40})));
}

TEST(Clip, WorksInPlaceAndKeepsTheDtype) {
  at::Tensor g = vector({3, 4}).to(at::kFloat);
  const void* place = g.data_ptr();
  clip_gradient(g, 1, 2);
  EXPECT_EQ(g.data_ptr(), place);
  EXPECT_EQ(g.scalar_type(), at::kFloat);
}

TEST(Clip, BadNumbersStaySeen) {
  at::Tensor g = vector({NAN, 1});
  clip_gradient(g, 1, 1);
  EXPECT_TRUE(std::isnan(g[0].item<double>()));
  g = vector({INFINITY, 1});
  clip_gradient(g, 1, 0);
  EXPECT_TRUE(std::isnan(g[0].item<double>()));
}

}  // namespace
}  // namespace banach
