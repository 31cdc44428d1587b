// SPDX-License-Identifier: Apache-2.0
// Rounds towards zero from its enrolment on.
#include <cfenv>

#include "../toy.hpp"

BANACH_PLUGIN("rounds_enrolling", "1.0.0", registry) {
  std::fesetround(FE_TOWARDZERO);
  registry.problem<Toy>("toy", "exponential decay");
}
