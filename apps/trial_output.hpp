// SPDX-License-Identifier: Apache-2.0
// What a trial prints: lines of JSON, one after every validation.
#pragma once
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace banach {

/// Whole lines that a trial has printed since the last look.
class Tail {
 public:
  explicit Tail(std::filesystem::path path) : path_(std::move(path)) {}
  std::vector<std::string> lines();

 private:
  std::filesystem::path path_;
  std::streamoff at_ = 0;
};

/// Before a trial goes on: drops what it had printed after this step, which it will print again,
/// and half a line at the end. Nothing where there is no file yet.
void cut_reports(const std::filesystem::path& path, std::int64_t step);

}  // namespace banach
