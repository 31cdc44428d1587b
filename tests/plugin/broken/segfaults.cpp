// SPDX-License-Identifier: Apache-2.0
// Writes where nothing is while it is loaded.
#include "../toy.hpp"

static volatile int* volatile nowhere = nullptr;
static int fail() { return *nowhere = 1; }
static const int initialised = fail();
BANACH_PLUGIN("segfaults", "1.0.0", registry) { registry.problem<Toy>("toy", "exponential decay"); }
