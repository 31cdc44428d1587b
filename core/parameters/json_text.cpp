// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/json_text.hpp"

#include <algorithm>

#include "core/parameters/names.hpp"

namespace banach {
namespace {

constexpr int deepest = 64;

[[noreturn]] void damaged(const std::string& origin, const std::string& what) {
  throw DataError(origin + ": damaged: " + what);
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& origin) {
  bool deep = false;
  const auto guard = [&deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deep = deep || depth > deepest;
    return !deep;
  };
  auto out = nlohmann::json::parse(text, guard, false);
  if (deep) damaged(origin, "nested deeper than 64");
  if (out.is_discarded()) damaged(origin, "no JSON");
  return out;
}

void require_plain_texts(const nlohmann::json& json, const std::string& origin,
                         const std::vector<std::string>& free) {
  const auto look = [&](const std::string& text) {
    if (const auto problem = text_problem(text); !problem.empty())
      damaged(origin, "the text \"" + one_line(text.substr(0, 60)) + "\" " + problem);
    if (text.find_first_of("\r\n") != std::string::npos)
      damaged(origin, "the text \"" + one_line(text.substr(0, 60)) + "\" has several lines");
  };
  if (json.is_string()) look(json.get_ref<const std::string&>());
  if (json.is_array())
    for (const auto& item : json) require_plain_texts(item, origin, free);
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    look(key);
    if (!value.is_string() || std::find(free.begin(), free.end(), key) == free.end())
      require_plain_texts(value, origin, free);
  }
}

}  // namespace banach
