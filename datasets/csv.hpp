// SPDX-License-Identifier: Apache-2.0
// Tables of numbers as text: points to evaluate at, and predictions.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "banach/export.hpp"
#include "datasets/pending_file.hpp"

namespace banach {

/// Points [n, columns.size()], row major, from a text file: a header that names the columns in any
/// order (others are ignored), or no header and exactly these columns. Separated by commas,
/// semicolons or blanks; empty lines and lines that begin with # are skipped. DataError
/// "file:line: ..." for everything else, Exit::no_input where there is no file.
BANACH_API std::vector<double> read_points(const std::filesystem::path& path,
                                           const std::vector<std::string>& columns);

/// A new CSV file, there as a whole after commit() or not at all; DataError (Exit::io).
class BANACH_API CsvWriter {
 public:
  CsvWriter(const std::filesystem::path& path, const std::vector<std::string>& columns);
  /// One line; the shortest texts that read back as the same numbers.
  void row(const std::vector<double>& values);
  void commit();

 private:
  void check(bool good);
  PendingFile pending_;
  std::ofstream file_;
};

}  // namespace banach
