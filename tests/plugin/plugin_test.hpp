// SPDX-License-Identifier: Apache-2.0
// A temporary folder and copies of the test plugins in it.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "core/plugin/plugin_manager.hpp"

namespace banach {

class PluginTest : public ::testing::Test {
 protected:
  using Path = std::filesystem::path;

  PluginTest() {
    std::string name = ::testing::TempDir() + "banach-plugins-XXXXXX";
    folder_ = std::filesystem::canonical(mkdtemp(name.data()));
    setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
    setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1);
  }
  ~PluginTest() override {
    unsetenv("XDG_CACHE_HOME");
    unsetenv("XDG_STATE_HOME");
    std::filesystem::remove_all(folder_);
  }

  static Path built(const std::string& name) {
    const Path program = std::filesystem::read_symlink("/proc/self/exe");
    return program.parent_path().parent_path() / "tests/plugins" / ("problem." + name + ".so");
  }
  /// A copy of a test plugin under the folder, as problem.<name>.so.
  Path copy(const std::string& plugin, const std::string& as = "", const Path& below = "") const {
    const Path target = folder_ / below / ("problem." + (as.empty() ? plugin : as) + ".so");
    std::filesystem::create_directories(target.parent_path());
    std::filesystem::copy_file(built(plugin), target,
                               std::filesystem::copy_options::overwrite_existing);
    return target;
  }
  static std::string read(const Path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  Path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  /// What load says about a file, without the file's name in front; "" when it takes the file.
  std::string reason(const Path& file) {
    try {
      manager_.load(file);
    } catch (const PluginError& error) {
      const std::string text = error.what(), start = file.string() + ": ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      return text.size() > start.size() ? text.substr(start.size()) : "";
    }
    return "";
  }

  Path folder_;
  Registry registry_;
  PluginManager manager_{registry_};
};

}  // namespace banach
