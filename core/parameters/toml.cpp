// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/toml.hpp"

#include <algorithm>

#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml_guard.hpp"
#include "core/parameters/tomlplusplus.hpp"

namespace banach {

namespace {

class Conversion {
 public:
  explicit Conversion(const std::string& name) : file_(std::make_shared<const std::string>(name)) {}

  Table table(const toml::table& from, const std::string& path, const toml::source_position& at) {
    Table out;
    if (++depth_ > deepest)
      throw ConfigError(to_text(source(at)) + ": tables and lists nested more than 64 deep");
    out.path = path;
    out.source = source(at);
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (const auto& [key, node] : from) entries.emplace_back(&key, &node);
    // toml++ sorts by name; the order of the file reads better in errors and resolved files.
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      const auto &x = a.first->source().begin, &y = b.first->source().begin;
      return x.line != y.line ? x.line < y.line : x.column < y.column;
    });
    for (const auto& [key, node] : entries) {
      const std::string name(key->str());
      const auto& place = key->source().begin;
      require_name(to_text(source(place)), name, longest_path);
      Value item = value(*node, (path.empty() ? "" : path + ".") + key_text(name), place);
      item.key = source(place);
      out.entries.emplace_back(name, std::move(item));
    }
    --depth_;
    return out;
  }

 private:
  Source source(const toml::source_position& at) const {
    return {file_, static_cast<int>(at.line), static_cast<int>(at.column)};
  }

  /// `near`: where to point when toml++ does not know the place.
  Value value(const toml::node& node, const std::string& path, const toml::source_position& near) {
    const auto at = node.source().begin ? node.source().begin : near;
    if (const auto* t = node.as_table()) return {table(*t, path, at), source(at)};
    if (const auto* a = node.as_array()) return {list(*a, path, at), source(at)};
    if (const auto* v = node.as_string()) return {checked(v->get(), path, source(at)), source(at)};
    if (const auto* v = node.as_integer()) return {v->get(), source(at)};
    if (const auto* v = node.as_floating_point()) return {v->get(), source(at)};
    if (const auto* v = node.as_boolean()) return {v->get(), source(at)};
    throw ConfigError(to_text(source(at)) + ": " + path +
                      ": dates and times are not used here; put quotes around it");
  }

  static const std::string& checked(const std::string& text, const std::string& path,
                                    const Source& at) {
    if (const auto problem = text_problem(text); !problem.empty())
      throw ConfigError(to_text(at) + ": " + path + ": the text " + problem);
    return text;
  }

  Value::List list(const toml::array& from, const std::string& path,
                   const toml::source_position& near) {
    Value::List out;
    if (++depth_ > deepest)
      throw ConfigError(to_text(source(near)) + ": tables and lists nested more than 64 deep");
    for (const auto& node : from)
      out.push_back(value(node, path + "." + std::to_string(out.size()), near));
    --depth_;
    return out;
  }

  static constexpr int deepest = 64;
  std::shared_ptr<const std::string> file_;
  int depth_ = 0;
};

/// toml++'s "Error while parsing string: ..." in the manner of our own errors, on one line.
std::string sentence(std::string_view text) {
  static constexpr std::string_view prefix = "Error while parsing ";
  std::string out;
  if (text.substr(0, prefix.size()) == prefix) {
    out = "in ";
    text.remove_prefix(prefix.size());
  }
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else
      out += c == '\r' || c == '\t' ? ' ' : c;
  }
  if (out == "in value: could not determine value type") out += "; text needs quotes";
  return out;
}

bool trips(std::string_view text) {
  try {
    static_cast<void>(toml::parse(text));
  } catch (const detail::TomlAssertion&) {
    return true;
  } catch (const toml::parse_error&) {
  }
  return false;
}

/// An assertion knows no place: the first line that makes toml++ fail one, by bisection.
int tripping_line(const std::string& text) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') ends.push_back(i + 1);
  const auto first = std::partition_point(ends.begin(), ends.end(), [&text](std::size_t end) {
    return !trips(std::string_view(text).substr(0, end));
  });
  return static_cast<int>(first - ends.begin()) + 1;
}

}  // namespace

Table parse_toml(const std::string& text, const std::string& name) {
  static const std::string mark = "\xef\xbb\xbf";
  if (text.rfind(mark, 0) == 0) return parse_toml(text.substr(mark.size()), name);
  check_toml(text, name);
  try {
    const toml::table table = toml::parse(text, name);
    return Conversion(name).table(table, "", {1, 1});
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    throw ConfigError(name + ":" + std::to_string(std::max<std::size_t>(at.line, 1)) + ":" +
                      std::to_string(std::max<std::size_t>(at.column, 1)) + ": " +
                      sentence(error.description()));
  } catch (const detail::TomlAssertion& error) {
    throw ConfigError(name + ":" + std::to_string(tripping_line(text)) + ":1: " + error.what());
  }
}

}  // namespace banach
