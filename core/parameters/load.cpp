// SPDX-License-Identifier: Apache-2.0
// A configuration file, the files under it and the overrides above it.
#include <algorithm>
#include <cstring>
#include <filesystem>

#include "core/parameters/extends_key.hpp"
#include "core/parameters/input_file.hpp"
#include "core/parameters/names.hpp"
#include "core/parameters/text.hpp"
#include "core/parameters/toml.hpp"
#include "core/parameters/toml_guard.hpp"

namespace banach {

namespace fs = std::filesystem;

namespace {

/// What a file, or the standard input and other descriptors of the caller, hold.
struct Given {
  std::string text;
  std::string name;  // in places; "input" for what has no place of its own
};

Given read_given(const std::string& path, const std::string& place) {
  const std::string where = place.empty() ? "" : place + ": extends: ";
  require_name<ConfigError>(place.empty() ? "command line" : place, path, longest_path);
  try {
    return {read_input(path, largest_toml + 1), is_inherited(path) ? "input" : path};
  } catch (const DataError& error) {
    throw DataError(where + error.what(), error.code());
  }
}

/// The table of a file; text that is no TOML in a file that is not called so gets a word more.
Table parse_file(const std::string& text, const std::string& path) {
  if (text.rfind("\x89HDF\r\n\x1a\n", 0) == 0)
    throw ConfigError(
        path + ":1:1: an HDF5 file, not a configuration; banach data suggest writes one for it");
  try {
    return parse_toml(text, path);
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    const bool short_text = text.size() <= largest_toml;
    if (!short_text || fs::path(path).extension() == ".toml" || what.rfind(path + ":1:", 0) != 0)
      throw;
    throw ConfigError(what +
                      "; a configuration is a file of TOML (name.toml), data are named in it");
  }
}

/// `over` wins; tables merge key by key, everything else replaces.
void merge(Table& base, Table over) {
  for (auto& [key, value] : over.entries) {
    Value* old = base.find(key);
    auto* below = old ? std::get_if<Table>(&old->data) : nullptr;
    auto* above = std::get_if<Table>(&value.data);
    if (!below || !above) {
      base.set(key, std::move(value));
      continue;
    }
    below->source = above->source;
    old->source = value.source;
    old->key = value.key;
    merge(*below, std::move(*above));
  }
}

// The file itself, however it is named; what no file can be called stays as it is.
fs::path canonical(const fs::path& path) {
  std::error_code failed;
  const fs::path out = fs::weakly_canonical(path, failed);
  return failed ? path : out;
}

Table load(const std::string& path, const std::string& place, std::vector<fs::path>& open,
           std::string* text = nullptr) {
  const Given given = read_given(path, place);
  if (text) *text = given.text;
  Table table = parse_file(given.text, given.name);
  const Value* extends = table.find("extends");
  if (!extends) return table;
  if (!extends->get<std::string>())
    throw ConfigError(to_text(extends->source) + ": extends: expected text, got " +
                      type_name(*extends));
  const std::string base_path = resolve_path(*extends), here = to_text(extends->source);
  open.push_back(canonical(path));
  if (std::find(open.begin(), open.end(), canonical(base_path)) != open.end()) {
    std::string circle;
    for (const auto& file : open) circle += file.filename().string() + " -> ";
    throw ConfigError(here + ": extends " + in_quotes(*extends->get<std::string>()) +
                      " closes a circle: " + circle + fs::path(base_path).filename().string());
  }
  Table base = load(base_path, here, open);
  open.pop_back();
  base.source = table.source;
  table.erase("extends");
  merge(base, std::move(table));
  return base;
}

[[noreturn]] void refuse(const Source& source, const std::string& text) {
  throw ConfigError(to_text(source) + ": " + text);
}

void set_source(Value& value, const Source& source);
void set_source(Table& table, const Source& source) {
  table.source = source;
  for (auto& entry : table.entries) set_source(entry.second, source);
}
void set_source(Value& value, const Source& source) {
  value.source = source;
  if (value.key.file) value.key = source;
  if (auto* table = std::get_if<Table>(&value.data)) set_source(*table, source);
  if (auto* list = std::get_if<Value::List>(&value.data))
    for (Value& item : *list) set_source(item, source);
}

/// The value of an override: TOML, or plain text where it is none and does not look like it.
Value override_value(const std::string& text, const Source& source) {
  Value value{text};
  const bool looks_like_toml = !text.empty() && std::strchr("[{\"'", text[0]);
  try {
    Table table = parse_toml("value = " + text, "value");
    if (table.entries.size() == 1 && table.find("value")) value = *table.find("value");
  } catch (const ConfigError& error) {
    if (looks_like_toml) {
      const std::string what = error.what();
      refuse(source, "not a TOML value: " + what.substr(what.find(": ") + 2));
    }
  }
  set_source(value, source);
  value.key = source;
  return value;
}

/// "a.\"b.c\".0" to its parts, by the rules of TOML keys.
std::vector<std::string> key_parts(const std::string& key, const Source& source) {
  std::vector<std::string> parts;
  try {
    Table table = parse_toml(key + " = 0", "key");
    for (const Table* at = &table; at && at->entries.size() == 1;
         at = at->entries[0].second.get<Table>())
      parts.push_back(at->entries[0].first);
  } catch (const ConfigError&) {
    parts.clear();
  }
  if (parts.empty() || key.find_first_of("\n#=") != std::string::npos)
    refuse(source, in_quotes(key) + " is no key; write key=value, as in stage.0.steps=400");
  return parts;
}

/// The entry of `list` that `part` numbers.
Value& list_entry(Value::List& list, const std::string& part, const std::string& path,
                  const Source& source) {
  const bool number = part.size() < 9 && part.find_first_not_of("0123456789") == std::string::npos;
  const std::size_t index = number ? std::stoul(part) : list.size();
  if (list.empty()) refuse(source, path + " is an empty list");
  if (index >= list.size())
    refuse(source,
           path + " has no entry " + part + "; it has 0 to " + std::to_string(list.size() - 1));
  return list[index];
}

void place(Table& table, const std::vector<std::string>& parts, Value value) {
  Value* at = nullptr;
  Table* inside = &table;
  std::string path;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string &part = parts[i], parent = path;
    path += (i > 0 ? "." : "") + key_text(part);
    if (at) {
      inside = std::get_if<Table>(&at->data);
      if (auto* list = std::get_if<Value::List>(&at->data)) {
        at = &list_entry(*list, part, parent, value.source);
        continue;
      }
      if (!inside)
        refuse(value.source, parent + " is the " + type_name(*at) + " " + shortened(to_text(*at)) +
                                 ", no table that could hold " + in_quotes(part));
    }
    if (Value* old = inside->find(part)) {
      at = old;
      continue;
    }
    const bool last = i + 1 == parts.size();
    if (!last && parts[i + 1].find_first_not_of("0123456789") == std::string::npos)
      refuse(value.source, "there is no " + path + " to take entry " + parts[i + 1] + " of");
    Table fresh;
    fresh.path = path;
    fresh.source = value.source;
    at = &inside->set(part, Value(std::move(fresh), value.source));
    at->key = value.source;
  }
  if (auto* fresh = std::get_if<Table>(&value.data)) fresh->path = path;
  *at = std::move(value);
}

}  // namespace

ParameterInfo extends_key() {
  return {"extends",
          "text",
          "",
          "",
          "a file that this one changes, relative to it: tables merge key by key, all else here "
          "replaces what is there",
          false,
          {}};
}

void apply_override(Table& table, const std::string& assignment) {
  const Source source{std::make_shared<const std::string>("command line: " + assignment), 0, 0};
  char quote = 0;
  std::size_t equals = 0;
  for (; equals < assignment.size(); ++equals) {
    const char c = assignment[equals];
    if (quote == 0 && c == '=') break;
    if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = 0;
  }
  if (equals == assignment.size()) refuse(source, "write key=value, as in stage.0.steps=400");
  if (const auto problem = text_problem(assignment); !problem.empty())
    refuse(source, "the text " + problem);
  place(table, key_parts(assignment.substr(0, equals), source),
        override_value(assignment.substr(equals + 1), source));
}

Table load_configuration(const std::string& path, const std::vector<std::string>& overrides,
                         std::string* text) {
  std::vector<fs::path> open;
  Table table = load(path, "", open, text);
  for (const std::string& assignment : overrides) apply_override(table, assignment);
  return table;
}

std::string resolve_path(const Value& value) {
  const auto* text = value.get<std::string>();
  if (!text) return "";
  require_name<ConfigError>(to_text(value.source), *text, longest_path);
  const fs::path path(*text);
  const bool in_file = value.source.file && value.source.line > 0;
  if (path.is_absolute() || !in_file) return *text;
  return (fs::path(*value.source.file).parent_path() / path).lexically_normal().string();
}

}  // namespace banach
