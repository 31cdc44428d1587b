// SPDX-License-Identifier: Apache-2.0
#include "core/training/closing.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace banach {
namespace {

/// A sound training.
Closing sound() {
  Closing c;
  c.start_loss = 2, c.start = {{"pde", 1}}, c.end.loss = 1e-3;
  c.end.unknowns = {{"u", 1e-3, 1e-2, 5e-3}};
  c.own = {{"pde", 1e-3}}, c.fresh = {{"pde", 2e-3}};
  c.own_loss = std::nan(""), c.epsilon = 2.2e-16, c.lr = 0.1;
  return c;
}

TEST(Closing, ASoundTrainingIsNotRemarkedOn) {
  EXPECT_EQ(remarks(sound()), std::vector<std::string>());
  Closing unknown = sound();
  unknown.start_loss = unknown.end.loss = std::nan("");
  unknown.start.clear();
  EXPECT_EQ(remarks(unknown), std::vector<std::string>());
}

TEST(Closing, AnEndAboveTheStartIsSaidWithBothNumbers) {
  Closing c = sound();
  c.end.loss = 3;
  const auto found = remarks(c);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(
      found[0],
      "the training ended at a validation loss of 3, above the 2 of the untrained network: try "
      "a smaller lr (now 0.1), a bound of the gradient (clip = { norm = 1 }) or another "
      "optimizer");
}

TEST(Closing, ResidualsThatAreSmallOnTheirOwnPointsAloneAreSaid) {
  Closing c = sound();
  c.own["pde"] = 1e-4, c.fresh["pde"] = 0.5;
  const auto found = remarks(c);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(
      found[0].substr(0, 85),
      "the residual of \"pde\" is 0.5 on fresh points, 5e+03 times the 0.0001 on those it was ");
  c.fresh["pde"] = 0.99e-2;
  EXPECT_TRUE(remarks(c).empty());
  c.own["pde"] = 1e-17, c.fresh["pde"] = 1e-13;  // rounding
  EXPECT_TRUE(remarks(c).empty());
  c.own_loss = 1e-6;
  ASSERT_EQ(remarks(c).size(), 1u);
  EXPECT_EQ(remarks(c)[0].substr(0, 98),
            "the loss of samples that were not trained on is 0.001, 1e+03 times that of training "
            "samples: the n");
}

TEST(Closing, ASolutionNoBetterThanZeroIsSaid) {
  Closing c = sound();
  c.end.unknowns.push_back({"v", 1, 1.01, 2});
  ASSERT_EQ(remarks(c).size(), 1u);
  EXPECT_EQ(remarks(c)[0],
            "v has a relative L2 error of 1.01: it is no better than zero everywhere");
}

}  // namespace
}  // namespace banach
