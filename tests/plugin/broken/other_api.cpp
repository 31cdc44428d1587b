// SPDX-License-Identifier: Apache-2.0
// Built for an engine with another plugin interface.
#include <cstdlib>

#include "../toy.hpp"
#undef BANACH_API_VERSION
#define BANACH_API_VERSION 99

static const int initialised = setenv("BANACH_TEST_OTHER_API_RAN", "1", 1);
BANACH_PLUGIN("other_api", "1.0.0", registry) { registry.problem<Toy>("toy", "exponential decay"); }
