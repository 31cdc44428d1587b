// SPDX-License-Identifier: Apache-2.0
// Sound, but linked with -ffast-math: its start-up code makes the process flush tiny numbers to
// zero.
#include "../toy.hpp"

BANACH_PLUGIN("fast_math", "1.0.0", registry) { registry.problem<Toy>("toy", "exponential decay"); }
