// SPDX-License-Identifier: Apache-2.0
// Enrols nothing.
#include <banach/plugin.hpp>

BANACH_PLUGIN("nothing", "1.0.0", registry) { (void)registry; }
