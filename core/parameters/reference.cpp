// SPDX-License-Identifier: Apache-2.0
#include "core/parameters/reference.hpp"

#include <algorithm>
#include <sstream>

#include "core/parameters/describe.hpp"

namespace banach {
namespace {

using Parameters = std::vector<ParameterInfo>;

bool starts(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

std::string name_of(const ParameterInfo& info) {
  return info.name == "<name>" ? "NAME" : info.name;
}

std::string row(const ParameterInfo& info) {
  const std::string fallback = info.required                                    ? "required"
                               : info.fallback.empty() || info.name == "<name>" ? ""
                               : info.children.empty() ? code_text(info.fallback)
                                                       : "";
  return "| " + code_text(name_of(info)) + " | " + prose_text(info.type) + " | " + fallback +
         " | " + prose_text(info.rule) + " | " + prose_text(info.doc) + " |\n";
}

void section(const std::string& heading, const std::string& doc, const std::string& path,
             const Parameters& parameters, std::string& out) {
  out +=
      "\n" + heading + "\n" + prose_text(doc) + "\n\n| key | type | default | rule | meaning |\n";
  out += "|---|---|---|---|---|\n";
  for (const auto& info : parameters) out += row(info);
  for (const auto& info : parameters) {
    if (info.children.empty()) continue;
    std::string inner = path.empty() ? name_of(info) : path + "." + name_of(info);
    if (starts(info.type, "table of")) inner += ".NAME";
    const bool list = starts(info.type, "list of");
    section("### " + code_text((list ? "[[" : "[") + inner + (list ? "]]" : "]")), info.doc, inner,
            info.children, out);
  }
}

const ParameterInfo* find(const Parameters& parameters, const std::string& name) {
  const auto at = std::find_if(parameters.begin(), parameters.end(),
                               [&](const ParameterInfo& info) { return info.name == name; });
  if (at != parameters.end()) return &*at;
  for (const auto& info : parameters)
    if (info.name == "<name>") return &info;
  return nullptr;
}

bool number(const std::string& part) {
  return part.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string reference_markdown(const EntryInfo& file) {
  std::string out;
  section("## " + code_text("banach " + file.name + " FILE.toml"), file.doc, "", file.parameters,
          out);
  return out.substr(1);
}

std::optional<EntryInfo> part_of_file(const EntryInfo& file, const std::string& path) {
  std::istringstream parts(path);
  const Parameters* inside = &file.parameters;
  const ParameterInfo* found = nullptr;
  for (std::string part; std::getline(parts, part, '.');) {
    const bool entry = found && starts(found->type, "list of") && number(part);
    const bool named = found && starts(found->type, "table of") && !find(*inside, part);
    if (entry || named) continue;
    found = find(*inside, part);
    if (!found) return std::nullopt;
    inside = &found->children;
  }
  const bool foreign = found && found->name == "<name>" && found->children.empty();
  if (!found || foreign) return std::nullopt;  // the parameters of catalog entries are their own
  EntryInfo out{file.kind + " of banach " + file.name + ":", path, found->doc, {}, {}};
  out.parameters = found->children.empty() ? Parameters{*found} : found->children;
  return out;
}

}  // namespace banach
