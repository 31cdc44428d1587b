// SPDX-License-Identifier: Apache-2.0
// Nothing is broken here: what the others differ from.
#include <cstdlib>

#include "../toy.hpp"

static const int initialised = setenv("BANACH_TEST_GOOD_RAN", "1", 1);
BANACH_PLUGIN("good", "1.2.3", registry) { registry.problem<Toy>("toy", "exponential decay"); }
