// SPDX-License-Identifier: Apache-2.0
// Standard input, output and error: there from the start, looked at in the end.
#pragma once
#include "banach/export.hpp"

namespace banach {

/// Opens those of the descriptors 0 to 2 that are closed on /dev/null, so that no file that is
/// opened later takes their place.
BANACH_API void open_standard_streams();

/// Writes out what is left for standard output. Returns `code`, or for 0: 74 (after a line on
/// standard error) when not everything could be written, 141 when nobody reads it any more.
BANACH_API int finish_output(int code);

}  // namespace banach
