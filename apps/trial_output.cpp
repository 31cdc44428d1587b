// SPDX-License-Identifier: Apache-2.0
#include "apps/trial_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

std::string rest_of(const Folder& folder, const std::string& name, std::int64_t from) {
  const Descriptor file = folder.to_read(name);
  std::vector<std::byte> part(std::size_t{1} << 16);
  std::string out;
  for (std::size_t count = part.size(); count == part.size();) {
    count = read_part(file, part.data(), part.size(), from + static_cast<std::int64_t>(out.size()),
                      folder / name);
    out += ByteView(part).part(0, count).text();
  }
  return out;
}

bool reported_later(const std::string& line, std::int64_t step) {
  if (line.rfind("{\"type\":\"report\"", 0) != 0) return false;
  const auto report = nlohmann::json::parse(line, nullptr, false);
  if (!report.is_object()) return true;
  const auto at = report.find("step");
  return at == report.end() || !at->is_number_integer() || at->get<std::int64_t>() > step;
}

}  // namespace

std::vector<std::string> Tail::lines() {
  const std::string text = rest_of(folder_, name_, at_);
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  at_ += static_cast<std::int64_t>(begin);
  return out;
}

void cut_reports(const Folder& folder, const std::string& name, std::int64_t step) {
  if (!folder.has(name)) return;
  off_t keep = 0;
  for (const auto& line : Tail(folder, name).lines()) {
    if (reported_later(line, step)) break;
    keep += static_cast<off_t>(line.size()) + 1;
  }
  if (::ftruncate(folder.to_write(name, O_WRONLY).get(), keep) != 0)
    throw IoError(folder / name, "truncate", errno);
}

}  // namespace banach
