// SPDX-License-Identifier: Apache-2.0
// Built with another LibTorch.
#define BANACH_STAMP_TORCH "0.4.1"
#include <cstdlib>

#include "../toy.hpp"

static const int initialised = setenv("BANACH_TEST_OTHER_TORCH_RAN", "1", 1);
BANACH_PLUGIN("other_torch", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
}
