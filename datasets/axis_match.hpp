// SPDX-License-Identifier: Apache-2.0
// Coordinates compared: with each other, and with equal steps. All within what float32 numbers of
// their size can tell apart.
#pragma once
#include <optional>
#include <string>

#include "datasets/dataset.hpp"

namespace banach {

/// A few roundings to float32 of coordinates like these, and never a whole step of theirs.
BANACH_API double coordinate_tolerance(const std::vector<double>& values);

/// The first entry in which two lists of coordinates differ; none where they are the same ones.
/// Lists of different sizes differ at the end of the shorter one.
BANACH_API std::optional<std::size_t> first_difference(const std::vector<double>& a,
                                                       const std::vector<double>& b);

/// Steps between neighbours of a list that rises or falls all along.
struct BANACH_API Spacing {
  double shortest = 0, longest = 0;  // of their absolute values
  bool even = true;                  // but for rounding to float32; true below three entries
  double ratio() const { return shortest > 0 ? longest / shortest : 1; }
};
BANACH_API Spacing spacing_of(const std::vector<double>& values);

/// "0 to 1 in 32 points".
BANACH_API std::string range_text(const std::vector<double>& values);

/// Where each entry goes so that the values rise (or fall); empty where they do already.
/// DataError that begins with `what` for two entries of the same value.
BANACH_API std::vector<std::int64_t> places_in_order(const std::vector<double>& values,
                                                     bool falling, const std::string& what);

/// values[i] -> out[places[i]]; the values themselves where `places` is empty.
BANACH_API std::vector<double> in_order(const std::vector<double>& values,
                                        const std::vector<std::int64_t>& places);

/// Names of the axes whose values fall.
BANACH_API std::vector<std::string> falling_axes(const DatasetInfo& info);

/// Why the points of other files are not those of the training: "axis \"x\" runs from ...". Empty
/// where all axes and listed points are the same.
BANACH_API std::string coordinates_differ(const DatasetInfo& training, const DatasetInfo& other);

/// Why arrays of two data sets are not of the same kind: variables, channels, axes, their sizes and
/// coordinates. Empty where they are.
BANACH_API std::string shapes_differ(const DatasetInfo& before, const DatasetInfo& now);

/// "the steps of time are 0.1", "... differ by a factor of 1000 (0.001 to 1)", "... are not known".
BANACH_API std::string step_text(const DatasetInfo& info);

}  // namespace banach
