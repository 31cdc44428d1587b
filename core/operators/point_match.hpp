// SPDX-License-Identifier: Apache-2.0
// Scattered points compared.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Where each of the points [n, dimensions] stands in another list of the same points, but for
/// rounding; none where a point is missing or the lists differ in length.
BANACH_API std::optional<std::vector<std::int64_t>> places_of_points(
    const std::vector<double>& points, const std::vector<double>& among, std::size_t dimensions);

}  // namespace banach
