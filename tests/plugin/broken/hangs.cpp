// SPDX-License-Identifier: Apache-2.0
// Never comes back from being loaded.
#include <unistd.h>

#include "../toy.hpp"

static int wait() {
  while (true) pause();
}
static const int initialised = wait();
BANACH_PLUGIN("hangs", "1.0.0", registry) { registry.problem<Toy>("toy", "exponential decay"); }
