// SPDX-License-Identifier: Apache-2.0
// The lines and cells of a text file with a table in it, and where they stand.
#pragma once
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// One line; more than one where a quoted cell holds the end of a line.
struct CsvRecord {
  std::string_view text;
  int line = 0;          // of its first character, from 1
  bool comment = false;  // begins with # or %, or is the "sep=;" of spreadsheets
};

/// Records in their order, without those that are blank; lines end with \n, \r\n or \r. A UTF-8
/// mark in front is skipped.
std::vector<CsvRecord> csv_records(std::string_view text);

struct CsvCell {
  std::string_view text;   // without blanks around it, and without its quotes
  std::size_t offset = 0;  // in the record
  bool quoted = false;
};

/// What a record consists of; `problem` says what is wrong with its quotes, at `offset`.
struct CsvCells {
  std::vector<CsvCell> cells;
  std::list<std::string> unescaped;  // owns the text of cells with quotes inside
  std::string problem;
  std::size_t offset = 0;
};

/// At a separator; ' ' stands for runs of blanks and tabs. Cells may be "quoted", with "" inside.
BANACH_API CsvCells csv_cells(std::string_view record, char separator);

/// Whether the separator stands in the record outside of quotes.
bool has_separator(std::string_view record, char separator);

/// Line and column, from 1, of an offset in a record; columns count characters, not bytes.
struct CsvPlace {
  int line = 1, column = 1;
};
CsvPlace csv_place(const CsvRecord& record, std::size_t offset);

}  // namespace banach
