// SPDX-License-Identifier: Apache-2.0
// How Gauss-Newton leaves out nearly dependent columns where its first step is of no use.
#include "tests/optimizers/curved.hpp"

namespace banach {
namespace {

TEST(GaussNewton, ResumesStatesWithoutACut) {
  const auto optimizer = make_optimizer("gauss_newton", {});
  optimizer->reset(at::zeros({3}, at::kDouble));
  State state = optimizer->state();
  ASSERT_EQ(state.erase("cut"), 1u);
  optimizer->restore(state);
  EXPECT_EQ(optimizer->state().at("cut").item<double>(), 1e-15);
}

}  // namespace
}  // namespace banach
