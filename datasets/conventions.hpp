// SPDX-License-Identifier: Apache-2.0
// What attributes of the netCDF and CF conventions state about the numbers of a dataset.
#pragma once
#include <cmath>
#include <limits>

#include "datasets/hdf5_file.hpp"

namespace banach {

/// Numbers are stored raw; value = scale * raw + offset.
struct BANACH_API Conventions {
  double scale = 1, offset = 0;
  double below = 0,
         above = 0;  // added to negative raw numbers, to those >= 2^(bits - 1): _Unsigned
  double half = 0;   // 2^(bits - 1)
  std::vector<double> missing;                            // raw numbers that stand for no value
  double low = -std::numeric_limits<double>::infinity();  // the valid range
  double high = std::numeric_limits<double>::infinity();
  bool range_of_values = false;  // of values, else of raw numbers
  std::string units;

  bool packed() const { return scale != 1 || offset != 0 || below != 0 || above != 0; }
  bool plain() const { return !packed() && missing.empty() && std::isinf(low) && std::isinf(high); }
  double resign(double raw) const {
    return raw < 0 ? raw + below : raw >= half ? raw + above : raw;
  }
  double value(double raw) const { return scale * resign(raw) + offset; }
  bool absent(double raw) const {
    raw = resign(raw);
    for (const double none : missing)
      if (raw == none) return true;
    if (range_of_values) raw = scale * raw + offset;
    return raw < low || raw > high;
  }
  /// "holds -99, which stands for a missing value" or "... lies outside the valid range [0, 250]".
  std::string why_absent(double raw) const;
  /// "scale_factor = 0.1, add_offset = 5"
  std::string packing() const;
  /// One more number that stands for no value in data of this type.
  void add_missing(double raw, const std::string& type);
};

/// Reads the attributes of a dataset; DataError for those that cannot be honoured. `honour`: false:
/// the units alone.
BANACH_API Conventions conventions_of(const Hdf5Reader& file, const std::string& dataset,
                                      bool honour = true);

/// All numbers of a dataset as values, row major, such as coordinates. DataError for missing ones,
/// complex ones, and integers that double does not hold.
BANACH_API std::vector<double> read_values(const Hdf5Reader& file, const std::string& dataset,
                                           bool honour = true, std::int64_t limit = 1 << 30);

/// A dimension of netCDF that has no coordinates: a scale that was never filled.
BANACH_API bool is_bare_dimension(const Hdf5Reader& file, const std::string& dataset);

/// Units of a difference: "days since 2000-01-01" -> "days".
BANACH_API std::string unit_alone(const std::string& units);

}  // namespace banach
