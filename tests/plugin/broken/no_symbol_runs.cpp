// SPDX-License-Identifier: Apache-2.0
// The stamp and a constructor, but no descriptor.
#include <banach/plugin.hpp>

#include <cstdlib>

extern "C" BANACH_API const char banach_stamp[];
const char banach_stamp[] = BANACH_STAMP;
static const int initialised = setenv("BANACH_TEST_NO_SYMBOL_RAN", "1", 1);
