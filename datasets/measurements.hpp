// SPDX-License-Identifier: Apache-2.0
// Points and what was measured there, from text or HDF5.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// Names of columns or datasets.
struct MeasuredColumns {
  std::vector<std::string> coordinates, values;
  bool named = false;  // the user names them: a file without names will not do
};

struct Measurements {
  std::vector<double> points, values;  // [n, coordinates] and [n, values], row major
  std::vector<int> lines;              // [n] of a text file, else empty
  std::vector<std::string> notices;    // what the file leaves open and was taken for granted
};

/// Reads what kind_of_file() says. Text: read_text_table(). HDF5: scattered points, where all
/// datasets have one shape ([n], [n, 1] and [1, n] are one), or a grid, where the values have an
/// axis for each coordinate: in the order of their dimension scales, else in that of `coordinates`.
/// Numbers as read_values() gives them. DataError that names dataset and shape, and for scales that
/// name other axes where the shape does not tell which is which.
BANACH_API Measurements read_measurements(const std::filesystem::path& file,
                                          const MeasuredColumns& columns);

}  // namespace banach
