// SPDX-License-Identifier: Apache-2.0
// Enrols nothing.
#include "../toy.hpp"

BANACH_PLUGIN("nothing", "1.0.0", registry) { (void)registry; }
