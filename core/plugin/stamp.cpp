// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/stamp.hpp"

#include <map>
#include <sstream>

#include "banach/config.hpp"
#define BANACH_STAMP_TORCH BANACH_TORCH_VERSION
#include "banach/plugin.hpp"

namespace banach {
namespace {

constexpr std::string_view mark = BANACH_STAMP_MARK;

std::map<std::string, std::string> fields(const std::string& stamp) {
  std::map<std::string, std::string> out;
  std::istringstream words(stamp);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    out[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return out;
}

}  // namespace

std::string engine_stamp() { return std::string(BANACH_STAMP).substr(mark.size()); }
const char* engine_version() { return BANACH_VERSION; }
const char* engine_torch_version() { return BANACH_TORCH_VERSION; }

std::string find_stamp(std::string_view bytes) {
  const auto start = bytes.find(mark);
  if (start == std::string_view::npos) return "";
  const auto text = bytes.substr(start + mark.size(), 256);
  return std::string(text.substr(0, text.find('\0')));
}

std::string stamp_problem(const std::string& plugin, const std::string& engine) {
  const auto theirs = fields(plugin), ours = fields(engine);
  std::vector<std::string> have, want;
  const auto differ = [&](const std::string& key) {
    const auto a = theirs.find(key), b = ours.find(key);
    const std::string x = a == theirs.end() ? "?" : a->second;
    const std::string y = b == ours.end() ? "?" : b->second;
    if (x == y || (key == "torch" && x == "none")) return;
    have.push_back(key + "=" + x);
    want.push_back(key + "=" + y);
  };
  for (const auto& field : ours) differ(field.first);
  for (const auto& field : theirs)
    if (!ours.count(field.first)) differ(field.first);
  if (have.empty()) return "";
  return "incompatible build: it has " + join(have, " ") + ", this installation has " +
         join(want, " ") + "; rebuild the plugin against this installation";
}

}  // namespace banach
