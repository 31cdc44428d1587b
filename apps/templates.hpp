// SPDX-License-Identifier: Apache-2.0
// What `banach new` writes. @name@ and @Name@ stand for the plugin's name and its class,
// @kind@ for its kind, @words@ for what it needs beside the SDK and @verb@ for the command that
// uses it.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace banach {

struct Template {
  std::string file;  // "@name@.cpp"
  std::string text;
};
/// The files of a new project of this kind: "problem", "generator", or "architecture" in
/// expressions, in tensors ("tensor") or on a grid ("grid").
std::vector<Template> project_templates(const std::string& kind);

/// Architectures in tensors, and a configuration with a data set for the second.
std::string tensor_template();
std::string grid_template();
std::string grid_configuration();

}  // namespace banach
