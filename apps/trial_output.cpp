// SPDX-License-Identifier: Apache-2.0
#include "apps/trial_output.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/run/atomic_file.hpp"

namespace banach {
namespace {

std::string rest_of(const std::filesystem::path& path, std::streamoff from) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return "";
  const auto bytes = read_file(path);
  const auto text = ByteView(bytes).text();
  return std::string(text.substr(std::min(static_cast<std::size_t>(from), text.size())));
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
  const std::string text = rest_of(path_, at_);
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  at_ += static_cast<std::streamoff>(begin);
  return out;
}

void cut_reports(const std::filesystem::path& path, std::int64_t step) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return;
  std::streamoff keep = 0;
  for (const auto& line : Tail(path).lines()) {
    if (reported_later(line, step)) break;
    keep += static_cast<std::streamoff>(line.size()) + 1;
  }
  std::filesystem::resize_file(path, static_cast<std::uintmax_t>(keep), error);
}

}  // namespace banach
