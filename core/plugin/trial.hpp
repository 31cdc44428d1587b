// SPDX-License-Identifier: Apache-2.0
// Plugins are opened in a child process first: what crashes, ends or hangs there never does it
// here.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "banach/export.hpp"

namespace banach {

/// What became of opening one file, enrolment included.
struct Trial {
  std::string problem;   // empty: it went well
  std::string report;    // then: what it is and what it enrols, lines of text
  bool lasting = false;  // it will be the same the next time, as long as the file is
};

/// Opens each file in children of its own (two: damage shows or not by what lies where in memory);
/// those that take longer than `patience` are ended. What a child prints is lost, and no exit
/// handler of this process runs in it. An empty problem, but not lasting, where there can be no
/// child.
BANACH_API std::vector<Trial> try_plugins(
    const std::vector<std::filesystem::path>& files,
    std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace banach
