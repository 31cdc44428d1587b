// SPDX-License-Identifier: Apache-2.0
// What writer and harness agree on: the state of every step, and the kinds of writers.
#pragma once
#include <filesystem>
#include <random>
#include <string>

#include "core/run/checkpoints.hpp"

namespace banach::fault {

/// The checkpoint that every writer saves at `step`; a function of the step alone.
inline Container state_of(std::int64_t step) {
  std::mt19937_64 random(static_cast<std::uint64_t>(step));
  std::vector<double> values(256 + random() % 256);
  for (auto& value : values) value = static_cast<double>(random());
  Container c;
  c.meta = {{"step", step}};
  c.blobs = {make_blob("w", {static_cast<std::int64_t>(values.size())}, values.data())};
  return c;
}

/// A best checkpoint is saved at every third step.
inline bool is_best(std::int64_t step) { return step % 3 == 0; }

/// The single file of the naive writer.
inline std::filesystem::path naive_path(const std::filesystem::path& folder) {
  return folder / "last.ck";
}

}  // namespace banach::fault
