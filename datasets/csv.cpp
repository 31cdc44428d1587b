// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "banach/config.hpp"
#include "core/plugin/running.hpp"
#include "core/run/atomic_file.hpp"
#include "datasets/csv_header.hpp"
#include "datasets/csv_number.hpp"
#include "datasets/csv_records.hpp"
#include "datasets/file_kind.hpp"

namespace banach {
namespace {

using Names = std::vector<std::string>;
using Records = std::vector<CsvRecord>;

constexpr char separators[] = {';', '\t', ',', ' '};

const char* mark_name(DecimalMark mark) { return mark == DecimalMark::comma ? "comma" : "point"; }

constexpr const char* decimal_comma = "; numbers with a decimal comma need ; or a tab between them";

/// Several numbers with blanks between.
bool all_numbers(std::string_view text) {
  const auto cells = csv_cells(text, ' ').cells;
  return cells.size() > 1 && std::all_of(cells.begin(), cells.end(),
                                         [](const auto& cell) { return read_number(cell.text); });
}

std::string quoted(const Names& names) {
  return names.empty() ? "" : fmt::format("\"{}\"", fmt::join(names, "\", \""));
}

std::string listed(Names names) {
  constexpr std::size_t enough = 20;
  const auto more = names.size() > enough ? fmt::format(" and {} more", names.size() - enough) : "";
  names.resize(std::min(names.size(), enough));
  return join(names) + more;
}

/// Finds header, separator and columns, then reads row after row.
class TableReader {
 public:
  TableReader(const std::filesystem::path& path, const Names& columns, bool must_be_named)
      : path_(path.string()), columns_(columns), must_be_named_(must_be_named) {}

  TextTable read(const Records& records) {
    const auto first = next_row(records, records.begin());
    if (first == records.end()) {
      const int line = records.empty() ? 1 : records.back().line;
      fail({{}, line}, 0, records.empty() ? "the file is empty" : "there are only comments");
    }
    const bool header = is_header(*first);
    const auto row = header ? next_row(records, first + 1) : first;
    if (row == records.end()) fail(*first, 0, "there is only a header, no row of numbers");
    header ? use_header(*first, *row) : use_comments(records, first);
    for (auto at = row; at != records.end(); ++at)
      if (!at->comment) take(*at, at == row && header);
    if (ambiguous_)
      fail(*ambiguous_, ambiguous_at_,
           fmt::format("\"{}\" may have a decimal comma or a thousands separator, as all such "
                       "numbers of the file; write it with a decimal point",
                       ambiguous_text_));
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const CsvRecord& record, std::size_t offset,
                         const std::string& what) const {
    const auto [line, column] = csv_place(record, offset);
    std::string text = fmt::format("{}:{}:{}: {}", path_, line, column, what);
    for (char& c : text)  // cells may hold line ends
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    throw DataError(text);
  }

  static Records::const_iterator next_row(const Records& records, Records::const_iterator from) {
    return std::find_if(from, records.end(), [](const auto& record) { return !record.comment; });
  }

  // A line without anything that stands for a number, or with all the names that are looked for.
  bool is_header(const CsvRecord& record) const {
    for (const char separator : separators) {
      const auto cut = csv_cells(record.text, separator);
      Names names;
      for (const auto& cell : cut.cells) names.emplace_back(cell.text);
      if (std::all_of(columns_.begin(), columns_.end(),
                      [&](const auto& column) { return column_of(column, names).has_value(); }))
        return true;
      if (!has_separator(record.text, separator) && separator != ' ') continue;
      return std::none_of(names.begin(), names.end(), looks_numeric) &&
             std::any_of(names.begin(), names.end(),
                         [](const auto& name) { return !name.empty(); });
    }
    return false;
  }

  // The first separator that cuts the row into as many cells as `fits` accepts; else the first that
  // is in the line of the names or in the row.
  template <class F>
  std::size_t choose_separator(const CsvRecord& names, const CsvRecord& row, const F& fits) {
    for (const char separator : separators) {
      separator_ = separator;
      const auto cut = csv_cells(row.text, separator);
      if (!cut.problem.empty() || (cut.cells.size() < 2 && separator != ' ')) continue;
      for (auto count = cut.cells.size(); count > 0; --count) {
        if (fits(count)) return count;
        if (!cut.cells[count - 1].text.empty()) break;  // an empty cell at the end is none
      }
    }
    for (const char separator : separators) {
      separator_ = separator;
      if (names.text.find(separator) < names.text.size()) break;
    }
    return std::max<std::size_t>(1, csv_cells(row.text, separator_).cells.size());
  }

  void use_header(const CsvRecord& header, const CsvRecord& row) {
    std::optional<Names> names;
    choose_separator(header, row, [&](std::size_t count) {
      names = header_names(header.text, count, separator_);
      return names.has_value();
    });
    if (!names) {
      names = Names();
      for (const auto& cell : csv_cells(header.text, separator_).cells)
        names->emplace_back(cell.text);
    }
    width_ = names->size();
    header_width_ = width_;
    find_columns(header, *names);
  }

  void use_comments(const Records& records, Records::const_iterator first) {
    width_ = choose_separator(*first, *first, [&](std::size_t count) {
      return count == columns_.size() || header_among(records, first, count).first;
    });
    if (const auto [comment, names] = header_among(records, first, width_); comment)
      return find_columns(*comment, names);
    if (must_be_named_)
      fail(*first, 0,
           fmt::format("no header names the columns {}; put one in front of the numbers",
                       quoted(columns_)));
    if (width_ != columns_.size())
      fail(*first, 0,
           fmt::format("{} columns where {} are expected ({}); name them in a header if the file "
                       "has more",
                       width_, columns_.size(), join(columns_)));
    for (std::size_t i = 0; i < width_; ++i) places_.push_back(i);
    out_.notices.push_back(
        fmt::format("{}: no header; its columns are taken to be {}", path_, join(columns_)));
  }

  // The last comment in front of the rows with so many names, best one with all that are wanted.
  std::pair<const CsvRecord*, Names> header_among(const Records& records,
                                                  Records::const_iterator first,
                                                  std::size_t count) const {
    std::pair<const CsvRecord*, Names> out{nullptr, {}};
    for (auto at = first; at-- != records.begin();) {
      auto names = comment_names(at->text, count, separator_);
      if (!names) continue;
      if (std::all_of(columns_.begin(), columns_.end(),
                      [&](const auto& column) { return column_of(column, *names).has_value(); }))
        return {&*at, *names};
      if (!out.first) out = {&*at, *names};
    }
    return out;
  }

  void find_columns(const CsvRecord& header, const Names& names) {
    for (const auto& column : columns_) {
      const auto place = column_of(column, names);
      if (!place) no_column(header, names, column);
      if (names[*place] != column)
        out_.notices.push_back(
            fmt::format("{}: column \"{}\" is taken to be {}", path_, names[*place], column));
      places_.push_back(*place);
    }
  }

  [[noreturn]] void no_column(const CsvRecord& header, const Names& names,
                              const std::string& column) const {
    const auto count = std::count_if(names.begin(), names.end(), [&](const auto& name) {
      return name == column || without_unit(name) == column;
    });
    if (count > 1) fail(header, 0, fmt::format("{} columns are called \"{}\"", count, column));
    const auto near = nearest(column, names);
    fail(header, 0,
         fmt::format("no column \"{}\"{}; the header names: {}", column,
                     near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                     listed(names)));
  }

  void take(const CsvRecord& record, bool behind_header) {
    // A row of a file with tabs may have blanks instead.
    const char separator =
        separator_ == '\t' && record.text.find('\t') == std::string_view::npos ? ' ' : separator_;
    auto cut = csv_cells(record.text, separator);
    if (!cut.problem.empty()) fail(record, cut.offset, cut.problem);
    auto& cells = cut.cells;
    while (cells.size() > width_ && cells.back().text.empty()) cells.pop_back();
    if (cells.size() != width_) ragged(record, cells, behind_header);
    if (behind_header && std::none_of(cells.begin(), cells.end(),
                                      [](const auto& cell) { return looks_numeric(cell.text); }))
      fail(record, 0, "a second line without numbers; write # in front of units and titles");
    for (std::size_t i = 0; i < places_.size(); ++i)
      out_.values.push_back(number(record, cells[places_[i]], columns_[i]));
    out_.lines.push_back(record.line);
  }

  [[noreturn]] void ragged(const CsvRecord& record, const std::vector<CsvCell>& cells,
                           bool behind_header) const {
    const auto at = cells.size() > width_ ? cells[width_].offset : record.text.size();
    std::string hint;
    if (separator_ == ',' && cells.size() == 2 * width_)
      hint = decimal_comma;
    else if (behind_header && header_width_ > 0 && cells.size() == width_ + 1)
      hint = "; the header has no name for one of them (R: row.names = FALSE)";
    else if (record.text.find_first_of("#%") != std::string_view::npos)
      hint = "; comments stand on lines of their own";
    fail(record, at, fmt::format("{} cells where {} are expected{}", cells.size(), width_, hint));
  }

  double number(const CsvRecord& record, const CsvCell& cell, const std::string& column) {
    const auto found = read_number(cell.text);
    if (!found)
      fail(record, cell.offset,
           fmt::format("column \"{}\": {}{}", column, why_no_number(cell.text),
                       separator_ == ',' && all_numbers(cell.text) ? decimal_comma : ""));
    if (found->mark == DecimalMark::none) return found->value;
    if (mark_ == DecimalMark::none) mark_ = found->mark, mark_line_ = record.line;
    if (mark_ != found->mark)
      fail(record, cell.offset,
           fmt::format("\"{}\" has a decimal {}, but line {} a decimal {}; write all numbers with "
                       "a decimal point",
                       cell.text, mark_name(found->mark), mark_line_, mark_name(mark_)));
    if (mark_ == DecimalMark::comma && !found->grouped) ambiguous_.reset(), settled_ = true;
    if (found->grouped && !settled_ && !ambiguous_)
      ambiguous_ = record, ambiguous_at_ = cell.offset, ambiguous_text_ = cell.text;
    return found->value;
  }

  const std::string path_;
  const Names& columns_;
  const bool must_be_named_;
  char separator_ = ' ';
  std::size_t width_ = 0, header_width_ = 0;
  std::vector<std::size_t> places_;
  DecimalMark mark_ = DecimalMark::none;  // of the first number that has one
  int mark_line_ = 0;
  bool settled_ = false;  // a number shows that commas are decimal
  std::optional<CsvRecord> ambiguous_;
  std::size_t ambiguous_at_ = 0;
  std::string ambiguous_text_;
  TextTable out_;
};

}  // namespace

TextTable read_text_table(const std::filesystem::path& path, const Names& columns, bool named) {
  const Running running("reading", path.c_str());
  if (kind_of_file(path) == FileKind::hdf5)
    throw DataError(fmt::format("{}: this is an HDF5 file, not text", path.string()));
  const auto bytes = read_file(path);
  return TableReader(path, columns, named).read(csv_records(ByteView(bytes).text()));
}

}  // namespace banach
