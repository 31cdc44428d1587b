// SPDX-License-Identifier: Apache-2.0
// One name twice in one plugin.
#include "../toy.hpp"

BANACH_PLUGIN("twice", "1.0.0", registry) {
  registry.problem<Toy>("same", "exponential decay");
  registry.problem<Toy>("same", "exponential decay");
}
