// SPDX-License-Identifier: Apache-2.0
#include "datasets/output_names.hpp"

#include <gtest/gtest.h>

namespace banach {
namespace {

TEST(OutputNames, NamesThatAreFreeStayAsTheyAre) {
  OutputNames names;
  EXPECT_EQ(names.take("u/prediction"), "u/prediction");
  EXPECT_EQ(names.take("u/target"), "u/target");
  EXPECT_EQ(names.take("x", "_axis"), "x");
}

TEST(OutputNames, NoDatasetIsThereTwiceOrInsideAnother) {
  OutputNames names;
  names.take("x/prediction");
  EXPECT_EQ(names.take("x", "_axis"), "x_axis");
  EXPECT_EQ(names.take("x", "_axis"), "x_axis_axis");
  EXPECT_EQ(names.take("exact"), "exact");
  EXPECT_EQ(names.take("exact/exact"), "exact_/exact");
  EXPECT_EQ(names.take("exact/u"), "exact_/u");
}

TEST(OutputNames, NamesThatHdf5DoesNotTakeAreMended) {
  OutputNames names;
  EXPECT_EQ(names.take("."), "_");
  EXPECT_EQ(names.take(""), "__");
  EXPECT_EQ(names.take("a//b/"), "a/b");
}

}  // namespace
}  // namespace banach
