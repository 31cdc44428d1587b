// SPDX-License-Identifier: Apache-2.0
// Needs a function that no library has.
#include "../toy.hpp"

void function_that_exists_nowhere();
BANACH_PLUGIN("undefined_symbol", "1.0.0", registry) {
  registry.problem<Toy>("toy", "exponential decay");
  function_that_exists_nowhere();
}
