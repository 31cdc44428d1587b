// SPDX-License-Identifier: Apache-2.0
#include "datasets/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

namespace banach {
namespace {

std::optional<std::int64_t> integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

Slice Slice::parse(const std::string& text, const std::string& what) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  Slice slice;
  std::optional<std::int64_t>* places[] = {&slice.start, &slice.stop};
  std::optional<std::int64_t> step = 1;
  bool good = parts.size() == 2 || parts.size() == 3;
  for (std::size_t i = 0; good && i < parts.size(); ++i) {
    const auto part = trimmed(parts[i]);
    if (part.empty()) continue;
    const auto number = integer(part);
    good = number.has_value();
    (i < 2 ? *places[i] : step) = number;
  }
  if (!good || *step < 1)
    throw ConfigError(
        fmt::format("{}: \"{}\" is no slice; write \"start:stop\" or \"start:stop:step\", each "
                    "part may be absent, step > 0",
                    what, text));
  slice.step = *step;
  return slice;
}

Indices Slice::of(std::int64_t size) const {
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
  };
  Indices out;
  const auto last = place(stop.value_or(size));
  for (auto i = place(start.value_or(0)); i < last; i += step) out.push_back(i);
  return out;
}

Selection::Selection(const Value& value, std::string what) : what_(std::move(what)) {
  if (const auto* index = value.get<std::int64_t>()) {
    index_ = *index;
  } else if (const auto* text = value.get<std::string>()) {
    slice_ = Slice::parse(*text, what_);
  } else if (const auto* list = value.get<Value::List>()) {
    list_.emplace();
    for (const auto& entry : *list) {
      const auto* number = entry.get<std::int64_t>();
      if (!number) throw ConfigError(fmt::format("{}: {} is no index", what_, to_text(entry)));
      list_->push_back(*number);
    }
  } else {
    throw ConfigError(
        fmt::format("{}: {} must be an index, \"start:stop:step\" or a list of indices", what_,
                    to_text(value)));
  }
}

Indices Selection::of(std::int64_t size) const {
  Indices all;
  if (index_ || list_) {
    for (const auto at : list_.value_or(Indices{index_.value_or(0)})) {
      if (at < -size || at >= size)
        throw ConfigError(
            fmt::format("{}: index {} is outside of the {} entries", what_, at, size));
      all.push_back(at < 0 ? at + size : at);
    }
    if (std::set<std::int64_t>(all.begin(), all.end()).size() != all.size())
      throw ConfigError(fmt::format("{}: an index is named twice", what_));
  } else if (slice_) {
    all = slice_->of(size);
  } else {
    all.resize(static_cast<std::size_t>(size));
    std::iota(all.begin(), all.end(), 0);
  }
  Indices out;
  for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(step_))
    out.push_back(all[i]);
  if (out.empty())
    throw ConfigError(fmt::format("{}: nothing of the {} entries is left", what_, size));
  return out;
}

}  // namespace banach
