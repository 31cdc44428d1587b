// SPDX-License-Identifier: Apache-2.0
// Rounds towards zero from its static initialiser on, as start-up code of -ffast-math sets other
// bits.
#include <cfenv>

#include "../toy.hpp"

static const int initialised = std::fesetround(FE_TOWARDZERO);
BANACH_PLUGIN("rounds_to_zero", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
}
