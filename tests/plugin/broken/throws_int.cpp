// SPDX-License-Identifier: Apache-2.0
// Enrolment fails half-way with something that is no exception at all.
#include "../toy.hpp"

BANACH_PLUGIN("throws_int", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
  throw 42;
}
