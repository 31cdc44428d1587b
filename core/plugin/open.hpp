// SPDX-License-Identifier: Apache-2.0
// Opens a checked plugin file for good, and lets it enrol what it brings.
#pragma once
#include <filesystem>
#include <string>

#include "banach/plugin.hpp"

namespace banach {

/// A plugin that was opened, and what it enrolled; or the reason why there is none.
struct Opened {
  std::string problem;
  const char* built_with = "";
  Origin origin;
  Registry entries;
  /// Loading it changed how this thread computes; that was undone.
  bool changed_floating_point = false;
};

/// Opens a file whose ELF structure, stamp and symbol were checked; its static initialisers and its
/// enrolment run here, and the floating-point control of this thread is as before. One initialiser
/// that throws ends the process (nobody can catch that), once `report` has been told what it threw;
/// by default that goes to stderr.
void open_plugin(const std::filesystem::path& file, Opened& out);
void report_throwing_initialisers(void (*report)(const char* words));

}  // namespace banach
