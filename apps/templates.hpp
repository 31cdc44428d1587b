// SPDX-License-Identifier: Apache-2.0
// What `banach new` writes. @name@ and @Name@ stand for the plugin's name and its class,
// @kind@ for its kind and @verb@ for the command that uses it.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace banach {

struct Template {
  std::string file;  // "@name@.cpp"
  std::string text;
};
/// The files of a new project of this kind ("problem", "architecture" or "generator").
std::vector<Template> project_templates(const std::string& kind);

}  // namespace banach
