// SPDX-License-Identifier: Apache-2.0
// Replays a trace on a model of a disk that keeps only what was synced, and asks after every call:
// if the power went now, which states could be found?
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/run/fault/trace.hpp"

namespace banach::fault {

struct Event {
  RecordHead head;
  std::string a, b;
};

/// The events of a trace file.
std::vector<Event> read_trace(const std::filesystem::path& path);

struct PowerLossResult {
  int states = 0, lost = 0;
  std::string first_loss;
};

/// Checks every state: un-synced data {lost, zeros, half, all} x subsets of the directory
/// operations since the folder's last sync. `folder` is the traced one, `scratch` where states are
/// laid out.
PowerLossResult power_loss(const std::string& kind, const std::vector<Event>& trace,
                           const std::filesystem::path& folder,
                           const std::filesystem::path& scratch);

}  // namespace banach::fault
