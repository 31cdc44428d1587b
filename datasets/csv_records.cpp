// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_records.hpp"

#include <algorithm>

namespace banach {
namespace {

constexpr const char* blanks = " \t";
constexpr const char* ends = "\r\n";

std::size_t after_blanks(std::string_view text, std::size_t at, bool tabs) {
  return std::min(text.find_first_not_of(tabs ? blanks : " ", at), text.size());
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Behind the quote that closes the one at `at`; npos where there is none.
std::size_t closed(std::string_view text, std::size_t at) {
  while ((at = text.find('"', at + 1)) != std::string_view::npos) {
    if (at + 1 >= text.size() || text[at + 1] != '"') return at + 1;
    ++at;
  }
  return at;
}

/// The end of the record that begins at 0, through line ends in quoted cells. A quote opens a cell
/// at the start of the record or behind a separator; one that is never closed ends with its line.
std::size_t record_end(std::string_view text) {
  bool start = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r') return at;
    if (c == '"' && start) {
      const auto end = closed(text, at);
      if (end == std::string_view::npos) return std::min(text.find_first_of(ends, at), text.size());
      at = end - 1;
    }
    start = c == ',' || c == ';' || c == '\t' || (start && c == ' ');
  }
  return text.size();
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"') ++i;
  }
  return out;
}

/// Takes cell after cell from a record.
class Cutter {
 public:
  Cutter(std::string_view text, char separator) : text_(text), separator_(separator) {}

  CsvCells cut() {
    const bool runs = separator_ == ' ';
    at_ = after_blanks(text_, 0, separator_ != '\t');
    while (out_.problem.empty() && !(runs && at_ >= text_.size())) {
      at_ < text_.size() && text_[at_] == '"' ? quoted() : plain();
      if (!runs && at_ >= text_.size()) break;
      at_ = after_blanks(text_, runs ? at_ : at_ + 1, separator_ != '\t');
    }
    return std::move(out_);
  }

 private:
  void plain() {
    const auto end =
        std::min(separator_ == ' ' ? text_.find_first_of(" \t", at_) : text_.find(separator_, at_),
                 text_.size());
    out_.cells.push_back({trimmed(text_.substr(at_, end - at_)), at_, false});
    at_ = end;
  }
  void quoted() {
    const auto begin = at_, end = closed(text_, at_);
    if (end == std::string_view::npos) return fail("a quote that is never closed", begin);
    auto inside = text_.substr(begin + 1, end - begin - 2);
    if (inside.find('"') != std::string_view::npos)
      inside = out_.unescaped.emplace_back(unescaped(inside));
    out_.cells.push_back({trimmed(inside), begin, true});
    at_ = separator_ == ' ' ? end : after_blanks(text_, end, separator_ != '\t');
    const bool ended = at_ >= text_.size() || text_[at_] == separator_ ||
                       (separator_ == ' ' && text_[at_] == '\t');
    if (!ended) fail("text behind the closing quote of a cell", at_);
  }
  void fail(const char* what, std::size_t at) {
    out_.problem = what;
    out_.offset = at;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  CsvCells out_;
};

}  // namespace

std::vector<CsvRecord> csv_records(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  std::vector<CsvRecord> out;
  int line = 1;
  while (!text.empty()) {
    const auto first = std::min(text.find_first_not_of(blanks), text.size());
    const bool comment = first < text.size() && (text[first] == '#' || text[first] == '%');
    const auto end = comment ? std::min(text.find_first_of(ends), text.size()) : record_end(text);
    auto record = text.substr(0, end);
    const bool told = line == 1 && trimmed(record).size() == 5 && record.substr(0, 4) == "sep=";
    if (!trimmed(record).empty()) out.push_back({record, line, comment || told});
    const bool two = text.substr(end, 2) == "\r\n";
    text.remove_prefix(std::min(end + (two ? 2 : 1), text.size()));
    for (std::size_t i = 0; i < record.size(); ++i)
      line += record[i] == '\n' || (record[i] == '\r' && record.substr(i + 1, 1) != "\n");
    ++line;
  }
  return out;
}

CsvCells csv_cells(std::string_view record, char separator) {
  return Cutter(record.substr(0, record.find_last_not_of(separator == '\t' ? " " : blanks) + 1),
                separator)
      .cut();
}

bool has_separator(std::string_view record, char separator) {
  return csv_cells(record, separator).cells.size() > 1;
}

CsvPlace csv_place(const CsvRecord& record, std::size_t offset) {
  CsvPlace out{record.line, 1};
  const auto before = record.text.substr(0, offset);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool end = before[i] == '\n' || (before[i] == '\r' && before.substr(i + 1, 1) != "\n");
    if (end) {
      ++out.line, out.column = 1;
    } else if ((static_cast<unsigned char>(before[i]) & 0xC0) != 0x80) {
      ++out.column;
    }
  }
  return out;
}

}  // namespace banach
