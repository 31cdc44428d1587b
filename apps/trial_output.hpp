// SPDX-License-Identifier: Apache-2.0
// What a trial prints: lines of JSON, one after every validation.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/run/folder.hpp"

namespace banach {

/// Whole lines that a trial has printed since the last look.
class Tail {
 public:
  Tail(Folder folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}
  std::vector<std::string> lines();

 private:
  Folder folder_;
  std::string name_;
  std::int64_t at_ = 0;
};

/// Before a trial goes on: drops what it had printed after this step, which it will print again,
/// and half a line at the end. Nothing where there is no file yet.
void cut_reports(const Folder& folder, const std::string& name, std::int64_t step);

}  // namespace banach
