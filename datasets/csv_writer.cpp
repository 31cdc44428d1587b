// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <charconv>

#include "core/parameters/names.hpp"
#include "core/run/atomic_file.hpp"
#include "datasets/csv.hpp"

namespace banach {

CsvWriter::CsvWriter(const std::filesystem::path& path, const std::vector<std::string>& columns)
    : pending_(path), file_(pending_.temporary(), std::ios::binary) {
  std::string header;
  for (const auto& name : columns) header += (header.empty() ? "" : ",") + csv_cell(name);
  file_ << header << '\n';
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
