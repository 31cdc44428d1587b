// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "banach/config.hpp"
#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

using Cells = std::vector<std::string_view>;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Cells split_at(std::string_view line, char separator) {
  Cells cells;
  for (std::size_t at = 0; at <= line.size();) {
    const auto end = std::min(line.find(separator, at), line.size());
    cells.push_back(trimmed(line.substr(at, end - at)));
    at = end + 1;
  }
  return cells;
}

Cells split_at_blanks(std::string_view line) {
  Cells cells;
  for (auto at = line.find_first_not_of(" \t"); at != std::string_view::npos;
       at = line.find_first_not_of(" \t", at)) {
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    cells.push_back(line.substr(at, end - at));
    at = end;
  }
  return cells;
}

Cells split(std::string_view line) {
  for (const char separator : {',', ';'})
    if (line.find(separator) != std::string_view::npos) return split_at(line, separator);
  return split_at_blanks(line);
}

std::optional<double> number_in(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// Reads line after line and knows where each wanted column stands.
class PointReader {
 public:
  PointReader(const std::filesystem::path& path, const std::vector<std::string>& columns)
      : path_(path), columns_(columns) {}

  void line(std::string_view text) {
    ++line_;
    if (line_ == 1 && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);  // a UTF-8 mark
    text = trimmed(text);
    if (text.empty() || text.front() == '#') return;
    const Cells cells = split(text);
    if (width_ == 0 && !begin(cells)) return;
    if (cells.size() != width_)
      fail(fmt::format("{} columns where {} are expected", cells.size(), width_));
    for (const auto place : places_) values_.push_back(finite(cells[place]));
  }
  std::vector<double> take() {
    if (values_.empty()) fail("no points");
    return std::move(values_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}:{}: {}", path_.string(), std::max(line_, 1), what));
  }
  double finite(std::string_view cell) const {
    const auto value = number_in(cell);
    if (!value) fail(fmt::format("\"{}\" is no number", cell));
    if (!std::isfinite(*value)) fail(fmt::format("{} is no coordinate", cell));
    return *value;
  }
  /// Takes the first line; false when it is a header and so holds no point.
  bool begin(const Cells& cells) {
    width_ = cells.size();
    if (std::any_of(cells.begin(), cells.end(), [](auto cell) { return number_in(cell); })) {
      if (width_ != columns_.size())
        fail(
            fmt::format("{} columns where {} are expected ({}); name them in a header if the file "
                        "has more",
                        width_, columns_.size(), join(columns_)));
      for (std::size_t i = 0; i < width_; ++i) places_.push_back(i);
      return true;
    }
    for (const auto& column : columns_) places_.push_back(place_of(column, cells));
    return false;
  }
  std::size_t place_of(const std::string& column, const Cells& header) const {
    const auto count = std::count(header.begin(), header.end(), column);
    if (count == 1)
      return static_cast<std::size_t>(std::find(header.begin(), header.end(), column) -
                                      header.begin());
    const std::vector<std::string> names(header.begin(), header.end());
    fail(count == 0 ? fmt::format("no column \"{}\"; the header names: {}", column, join(names))
                    : fmt::format("{} columns are called \"{}\"", count, column));
  }

  const std::filesystem::path& path_;
  const std::vector<std::string>& columns_;
  int line_ = 0;
  std::size_t width_ = 0;
  std::vector<std::size_t> places_;
  std::vector<double> values_;
};

}  // namespace

std::vector<double> read_points(const std::filesystem::path& path,
                                const std::vector<std::string>& columns) {
  const auto bytes = read_file(path);
  std::string_view text = ByteView(bytes).text();
  PointReader reader(path, columns);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

CsvWriter::CsvWriter(const std::filesystem::path& path, const std::vector<std::string>& columns)
    : pending_(path), file_(pending_.temporary(), std::ios::binary) {
  file_ << join(columns, ",") << '\n';
  check(file_.good());
}

void CsvWriter::row(const std::vector<double>& values) {
  char text[32];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) file_.put(',');
    file_.write(text, std::to_chars(text, text + sizeof text, values[i]).ptr - text);
  }
  file_.put('\n');
  check(file_.good());
}

void CsvWriter::check(bool good) {
  if (!good) throw IoError(pending_.path(), "write", errno != 0 ? errno : EIO);
}

void CsvWriter::commit() {
  errno = 0;
  file_.close();
  check(!file_.fail());
  pending_.commit();
}

}  // namespace banach
