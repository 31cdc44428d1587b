// SPDX-License-Identifier: Apache-2.0
// Observations in HDF5 files: values at scattered points, or on a grid.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Points [n, coordinates] and values [n, quantities], row major.
struct ObservedTable {
  std::vector<double> points, values;
};

/// Reads the named datasets of a file, which is probed. Scattered points: every dataset has n
/// numbers
/// ([n], [n, 1] or [1, n]) or all have one shape. A grid: coordinates of n_0, n_1, ... numbers, and
/// quantities of that many along each axis, in the order that dimension scales tell; without
/// scales, in that of `coordinates`. DataError where shapes do not fit, numbers are missing, or
/// scales name something else and the shape does not tell which axis is which.
BANACH_API ObservedTable read_observed(const std::filesystem::path& file,
                                       const std::vector<std::string>& coordinates,
                                       const std::vector<std::string>& quantities);

}  // namespace banach
