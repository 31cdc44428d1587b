// SPDX-License-Identifier: Apache-2.0
// Throws while the dynamic loader runs its static initialisers: the one thing that nobody can
// catch.
#include "../toy.hpp"

static int fail() { throw std::runtime_error("thrown by a static initialiser"); }
static const int initialised = fail();
BANACH_PLUGIN("throwing_initialiser", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
}
