// SPDX-License-Identifier: Apache-2.0
// The configuration of a trial, and whom to blame when it does not hold.
#include "core/parameters/toml.hpp"
#include "core/study/study_file.hpp"

namespace banach {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

std::string with_places(std::string text, const std::vector<Override>& overrides) {
  for (const auto& o : overrides)
    replace_all(text, "command line: " + o.word(), to_text(o.source) + ": " + o.word());
  return text;
}

Table configured(const std::string& base, const std::vector<Override>& overrides,
                 const Source& place) {
  std::vector<std::string> words;
  words.reserve(overrides.size());
  for (const auto& o : overrides) words.push_back(o.word());
  try {
    return load_configuration(base, words);
  } catch (const ConfigError& error) {
    throw ConfigError(with_places(error.what(), overrides));
  } catch (const DataError& error) {
    const std::string here = to_text(place);
    throw DataError((here.empty() ? "" : here + ": base: ") + error.what(), error.code());
  }
}

}  // namespace banach
