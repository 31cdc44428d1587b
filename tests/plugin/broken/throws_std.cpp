// SPDX-License-Identifier: Apache-2.0
// Enrolment fails half-way with an exception of a type that only the plugin knows.
#include "../toy.hpp"

namespace {
struct Hidden : std::runtime_error {
  Hidden() : std::runtime_error("no licence found") {}
};
}  // namespace
BANACH_PLUGIN("throws_std", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
  throw Hidden();
}
