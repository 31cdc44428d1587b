// SPDX-License-Identifier: Apache-2.0
// JSON to text and back. What other programs and hands have written never is an error of our own.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "banach/error.hpp"

namespace banach {

/// The object as text; `indent` -1: on one line. What is not UTF-8 in its texts is replaced.
template <class Json>
std::string json_text(const Json& json, int indent = -1) {
  std::string out = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  for (auto at = out.find('\x7f'); at != std::string::npos; at = out.find('\x7f', at))
    out.replace(at, 1, "\\u007f");  // a control character that JSON leaves as it is
  return out;
}

/// `read()`, whose json::exception (an absent key, another type) becomes DataError "<origin>:
/// damaged: ...".
template <class F>
auto read_json(const std::string& origin, const F& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw DataError(origin + ": damaged: " + error.what());
  }
}

/// The value of a text; DataError "<origin>: damaged: ..." where it is none, or nested deeper than
/// 64.
BANACH_API nlohmann::json parse_json(std::string_view text, const std::string& origin);

/// DataError "<origin>: damaged: ..." where a key or text is none that a line could show; texts at
/// the keys of `free` may be any.
BANACH_API void require_plain_texts(const nlohmann::json& json, const std::string& origin,
                                    const std::vector<std::string>& free = {});

}  // namespace banach
