// SPDX-License-Identifier: Apache-2.0
// One new name, and one that the good plugin has too.
#include "../toy.hpp"

BANACH_PLUGIN("duplicate", "1.0.0", registry) {
  registry.problem<Toy>("another", "exponential decay");
  registry.problem<Toy>("toy", "exponential decay");
}
