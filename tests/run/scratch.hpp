// SPDX-License-Identifier: Apache-2.0
// A folder that goes away with the test, and the text of what was thrown.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <utility>

#include "core/run/atomic_file.hpp"

namespace banach::testing {

class Scratch {
 public:
  Scratch() {
    auto pattern = (std::filesystem::temp_directory_path() / "banach-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string text_of(const std::filesystem::path& path) {
  return std::string(ByteView(read_file(path)).text());
}

/// Exit code and text of the Error that `action` throws; {-1, ""} if it throws none.
template <class Action>
std::pair<int, std::string> error_of(Action&& action) {
  try {
    action();
  } catch (const Error& e) {
    return {static_cast<int>(e.code()), e.what()};
  }
  return {-1, ""};
}

}  // namespace banach::testing
