// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "banach/initialisation.hpp"
#include "banach/stream.hpp"

namespace banach {

/// Writes `count` initial values; weights are [fan_out, fan_in], row major. ConfigError for a fan <
/// 1 or when `orthogonal` is asked of anything but a whole matrix (count != fan_in * fan_out).
BANACH_API void initialise(const Init& init, int fan_in, int fan_out, std::int64_t count,
                           const Stream& stream, double* out);

}  // namespace banach
