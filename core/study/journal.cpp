// SPDX-License-Identifier: Apache-2.0
#include "core/study/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "core/parameters/json_text.hpp"

namespace banach {

using nlohmann::json;

Journal::Journal(const Folder& folder, const std::string& name)
    : path_(folder / name), file_(folder.to_write(name, O_RDWR | O_CREAT | O_APPEND)) {
  read();
  folder.sync();
}

void Journal::read() {
  const auto bytes = read_all(file_, path_);
  const auto text = ByteView(bytes).text();
  std::size_t line = 0;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', length_)) {
    ++line;
    json record = json::parse(text.substr(length_, end - length_), nullptr, false);
    if (!record.is_object()) {
      if (end + 1 == text.size()) break;
      throw DataError(fmt::format("{}:{}: damaged: no JSON object; mend or remove this line",
                                  path_.string(), line));
    }
    records_.push_back(std::move(record));
    length_ = end + 1;
  }
  if (length_ < text.size()) cut(length_);
}

void Journal::cut(std::size_t length) {
  if (::ftruncate(file_.get(), static_cast<off_t>(length)) != 0)
    throw IoError(path_, "truncate", errno);
}

void Journal::append(json record) {
  const std::string line = json_text(record) + "\n";
  try {
    write_all(file_.get(), std::string_view(line), path_);
    if (::fsync(file_.get()) != 0) throw IoError(path_, "sync", errno);
  } catch (const IoError&) {
    static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(length_)) == 0);
    throw;
  }
  length_ += line.size();
  records_.push_back(std::move(record));
}

}  // namespace banach
