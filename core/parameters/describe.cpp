// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/describe.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/parameters/json_text.hpp"
#include "core/parameters/limits.hpp"
#include "core/parameters/text.hpp"

namespace banach {

namespace {

using Json = nlohmann::ordered_json;

struct Line {
  std::string left, right;
};

void collect(const std::vector<ParameterInfo>& parameters, const std::string& indent,
             std::vector<Line>& lines) {
  for (const auto& info : parameters) {
    std::string left = indent + info.name + " : " + info.type;
    if (info.required)
      left += ", required";
    else if (info.children.empty())
      left += info.fallback.empty() ? (info.name == "<name>" ? "" : ", optional")
                                    : " = " + shortened(info.fallback, 40);
    std::string right = info.doc;
    if (!info.rule.empty()) right += (right.empty() ? "" : " ") + ("(" + info.rule + ")");
    lines.push_back({std::move(left), std::move(right)});
    collect(info.children, indent + "  ", lines);
  }
}

// A bound as a number; null where there is none.
Json bound(const std::string& text, bool integer) {
  if (text.empty()) return {};
  return integer ? Json(std::stoll(text)) : Json(std::stod(text));
}

Json json(const ParameterInfo& info) {
  Json out;
  out["name"] = info.name;
  out["type"] = info.type;
  out["default"] = info.required || info.fallback.empty() ? Json() : Json(info.fallback);
  out["required"] = info.required;
  out["rule"] = info.rule;
  const Limits limits = limits_of(info);
  const bool integer = info.type.find("integer") != std::string::npos;
  out[limits.above ? "exclusive_minimum" : "minimum"] = bound(limits.minimum, integer);
  out[limits.below ? "exclusive_maximum" : "maximum"] = bound(limits.maximum, integer);
  out["options"] = limits.options;
  out["doc"] = info.doc;
  out["children"] = Json::array();
  for (const auto& child : info.children) out["children"].push_back(json(child));
  return out;
}

Json json(const std::vector<ParameterInfo>& parameters) {
  Json out = Json::array();
  for (const auto& info : parameters) out.push_back(json(info));
  return out;
}

Json json(const EntryInfo& entry) {
  Json out;
  out["kind"] = entry.kind;
  out["name"] = entry.name;
  out["doc"] = entry.doc;
  out["plugin"] = entry.origin.plugin;
  out["version"] = entry.origin.version;
  out["path"] = entry.origin.path;
  out["parameters"] = json(entry.parameters);
  return out;
}

/// Text of foreign plugins may hold anything; invalid UTF-8 becomes U+FFFD.
std::string dump(const Json& value) { return json_text(value, 2) + "\n"; }

/// What would end a cell, or vanish as markup, is escaped.
std::string cell(const std::string& text, const char* escaped) {
  std::string out;
  for (const char c : text) {
    if (std::strchr(escaped, c) && c != '\0') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

void rows(const std::vector<ParameterInfo>& parameters, const std::string& parent,
          std::string& out) {
  for (const auto& info : parameters) {
    const std::string fallback =
        info.required ? "required" : (info.fallback.empty() ? "" : code_text(info.fallback));
    std::string meaning = prose_text(info.doc);
    if (!info.rule.empty()) meaning += (meaning.empty() ? "(" : " (") + prose_text(info.rule) + ")";
    out += "| " + code_text(parent + info.name) + " | " + prose_text(info.type) + " | " + fallback +
           " | " + meaning + " |\n";
    rows(info.children, parent + info.name + ".", out);
  }
}

}  // namespace

std::string code_text(const std::string& text) { return "`" + cell(text, "|") + "`"; }
std::string prose_text(const std::string& text) { return cell(text, "|<*`"); }

std::string describe_text(const std::vector<ParameterInfo>& parameters) {
  constexpr std::size_t widest = 44;
  std::vector<Line> lines;
  collect(parameters, "  ", lines);
  std::size_t width = 0;
  for (const auto& line : lines)
    if (line.left.size() <= widest) width = std::max(width, line.left.size());
  std::string out;
  for (auto& [left, right] : lines) {
    if (!right.empty()) left.resize(std::max(width, left.size()), ' ');
    out += left + (right.empty() ? "" : "   " + right) + "\n";
  }
  return out;
}

std::string describe_text(const std::vector<EntryInfo>& entries) {
  std::string out;
  for (const auto& entry : entries) {
    if (!out.empty()) out += "\n";
    out += entry.kind + " " + entry.name + " - " + entry.doc;
    if (!entry.origin.plugin.empty())
      out += "  [" + entry.origin.plugin + " " + entry.origin.version + "]";
    out += "\n" + describe_text(entry.parameters);
  }
  return out;
}

std::string describe_json(const std::vector<EntryInfo>& entries) {
  Json out = Json::array();
  for (const auto& entry : entries) out.push_back(json(entry));
  return dump(out);
}

std::string describe_json(const std::vector<ParameterInfo>& parameters) {
  return dump(json(parameters));
}

std::string describe_markdown(const std::vector<ParameterInfo>& parameters) {
  if (parameters.empty()) return "";
  std::string out = "| parameter | type | default | meaning |\n|---|---|---|---|\n";
  rows(parameters, "", out);
  return out;
}

std::string describe_markdown(const std::vector<EntryInfo>& entries) {
  std::string out;
  for (const auto& entry : entries) {
    if (!out.empty()) out += "\n";
    out += "## " + entry.kind + " " + code_text(entry.name) + "\n" + prose_text(entry.doc) + "\n";
    if (!entry.parameters.empty()) out += "\n" + describe_markdown(entry.parameters);
  }
  return out;
}

}  // namespace banach
