// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/write_toml.hpp"

#include <algorithm>

#include "core/parameters/text.hpp"

namespace banach {

namespace {

constexpr std::size_t comment_column = 40, widest = 100, deepest_section = 16;

using Entry = std::pair<const std::string*, const Value*>;
using Docs = std::vector<ParameterInfo>;

/// The documentation of a key: its own, else that of any name ("<name>"), else nullptr.
const ParameterInfo* find(const Docs& docs, const std::string& key) {
  const ParameterInfo* any = nullptr;
  for (const auto& info : docs) {
    if (info.name == key) return &info;
    if (info.name == "<name>") any = &info;
  }
  return any;
}

std::vector<Entry> in_order(const Table& table, const Docs& docs) {
  const auto rank = [&docs](const Entry& entry) {
    const auto place = std::find_if(docs.begin(), docs.end(),
                                    [&](const auto& info) { return info.name == *entry.first; });
    return place - docs.begin();
  };
  std::vector<Entry> entries;
  for (const auto& [key, value] : table.entries) entries.emplace_back(&key, &value);
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const Entry& a, const Entry& b) { return rank(a) < rank(b); });
  return entries;
}

bool is_table_list(const Value& value) {
  const auto* list = value.get<Value::List>();
  return list && !list->empty() && std::all_of(list->begin(), list->end(), [](const Value& item) {
           return item.get<Table>() != nullptr;
         });
}

/// A short table of plain values below the top level (a coefficient, a grid) stays on its line, and
/// so does everything far down, because the names of sections grow.
bool stays_inline(const Value& value, const ParameterInfo* info, std::size_t depth) {
  if (depth >= deepest_section) return true;
  const auto* table = value.get<Table>();
  if (!table || depth == 0 || (info && !info->children.empty())) return false;
  for (const auto& entry : table->entries)
    if (entry.second.get<Table>() || is_table_list(entry.second)) return false;
  return to_text(value).size() < widest / 2;
}

std::string comment_of(const ParameterInfo* info) {
  if (!info) return "";
  std::string text = info->doc;
  if (!info->rule.empty()) text += (text.empty() ? "" : " ") + ("(" + info->rule + ")");
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

class Writer {
 public:
  std::string out;

  void table(const Table& content, const Docs& docs, const std::string& path,
             std::size_t depth = 0) {
    const auto entries = in_order(content, docs);
    std::vector<Entry> sections;
    for (const Entry& entry : entries) {
      const Value& value = *entry.second;
      const ParameterInfo* info = find(docs, *entry.first);
      const bool section = value.get<Table>() || is_table_list(value);
      if (section && !stays_inline(value, info, depth))
        sections.push_back(entry);
      else
        line(key_text(*entry.first) + " = " + to_text(value), comment_of(info));
    }
    for (const auto& [key, value] : sections) {
      static const Docs none;
      const ParameterInfo* info = find(docs, *key);
      const std::string below = (path.empty() ? "" : path + ".") + key_text(*key);
      const Docs& children = info ? info->children : none;
      if (const auto* inner = value->get<Table>()) {
        header("[" + below + "]", comment_of(info));
        table(*inner, children, below, depth + 1);
        continue;
      }
      for (const Value& item : *value->get<Value::List>()) {
        header("[[" + below + "]]", comment_of(info));
        table(*item.get<Table>(), children, below, depth + 1);
      }
    }
  }

 private:
  void header(const std::string& text, const std::string& comment) {
    if (!out.empty()) out += "\n";
    line(text, comment);
  }

  /// The comment stands behind the line, or above it where it would run too far.
  void line(std::string text, const std::string& comment) {
    if (comment.empty()) {
      out += text + "\n";
      return;
    }
    if (text.size() < comment_column) text.resize(comment_column, ' ');
    if (text.size() + 4 + comment.size() <= widest) {
      out += text + "  # " + comment + "\n";
      return;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += "# " + comment + "\n" + text + "\n";
  }
};

}  // namespace

std::string write_toml(const Table& table, const std::vector<ParameterInfo>& docs) {
  Writer writer;
  writer.table(table, docs, "");
  return std::move(writer.out);
}

}  // namespace banach
