// SPDX-License-Identifier: Apache-2.0
// Tables of numbers as text: points to evaluate at, measured values, and predictions.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "banach/export.hpp"
#include "datasets/pending_file.hpp"

namespace banach {

/// Rows of a text file.
struct TextTable {
  std::vector<double> values;        // [n, columns], row major
  std::vector<int> lines;            // [n], from 1
  std::vector<std::string> notices;  // how the columns were found, where the file leaves it open
};

/// These columns of a text file, found by the names in its header, or, where there is none, all of
/// its columns in this order; DataError where they have to be `named`. The header is the first line
/// or, before the first row, the last comment that has as many names as there are columns. Cells
/// are separated by ; tab , or blanks and may be quoted; lines that begin with # or % are comments;
/// numbers are those of read_number(), with one decimal mark in the whole file. DataError
/// "file:line:column: ..." for everything else; Exit::no_input where there is no file.
BANACH_API TextTable read_text_table(const std::filesystem::path& path,
                                     const std::vector<std::string>& columns, bool named = false);

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
