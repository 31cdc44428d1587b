// SPDX-License-Identifier: Apache-2.0
// Ends the process as if all were well, while it is loaded.
#include <cstdlib>

#include "../toy.hpp"

static int end() { std::exit(0); }
static const int initialised = end();
BANACH_PLUGIN("exits", "1.0.0", registry) { registry.problem<Toy>("toy", "exponential decay"); }
