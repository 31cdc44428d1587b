// SPDX-License-Identifier: Apache-2.0
// The stamp, but no descriptor.
#include <banach/plugin.hpp>

extern "C" BANACH_API const char banach_stamp[];
const char banach_stamp[] = BANACH_STAMP;
