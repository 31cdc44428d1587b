// SPDX-License-Identifier: Apache-2.0
// Aborts while it enrols.
#include <cstdlib>

#include "../toy.hpp"

BANACH_PLUGIN("aborts_enrolling", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
  std::abort();
}
