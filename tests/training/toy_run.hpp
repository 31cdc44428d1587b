// SPDX-License-Identifier: Apache-2.0
// Runs of a few steps, driven without the command line.
#pragma once
#include "core/training/trainer.hpp"
#include "tests/run/scratch.hpp"
#include "tests/training/training_test.hpp"

namespace banach {

using testing::Scratch;
using testing::text_of;
namespace fs = std::filesystem;

/// One run in a folder of its own, quiet.
struct ToyRun {
  Scratch folder;
  RunPlan plan;
  Log log{true};
  std::unique_ptr<Trainer> trainer;

  explicit ToyRun(const std::string& text, const TrainerOptions& options = {})
      : plan(world().plan(text)) {
    trainer = std::make_unique<Trainer>(plan, folder.path(), log, options);
  }
  static const World& world() {
    static const World world;
    return world;
  }
  Outcome fresh() {
    trainer->start(initial_state(plan), false);
    return trainer->run();
  }
  Outcome go_on(const fs::path& checkpoint) {
    const auto loaded = Checkpoints::load(checkpoint);
    trainer->start(to_state(loaded.container, checkpoint.string()), true);
    return trainer->run();
  }
  std::string logs() const {
    return text_of(folder / "metrics.csv") + text_of(folder / "metrics.jsonl");
  }
};

/// Everything that must not depend on where a run was interrupted.
inline std::vector<std::byte> essence(const RunState& state) {
  Container container = to_container(state);
  container.meta.erase("seconds");
  container.meta.erase("stage_seconds");
  return encode(container);
}

inline void copy_logs(const ToyRun& from, const ToyRun& to) {
  for (const char* name : {"metrics.csv", "metrics.jsonl", "timing.csv"})
    fs::copy_file(from.folder / name, to.folder / name);
}

/// The run, and the rest of it from each of these steps, end with the same bytes.
inline void expect_exact_resume(const std::string& text, const std::vector<std::int64_t>& steps) {
  ToyRun whole(text);
  ASSERT_TRUE(whole.fresh().finished());
  const auto expected = essence(whole.trainer->capture());
  for (const auto step : steps) {
    ToyRun rest(text);
    copy_logs(whole, rest);
    const auto name = Checkpoints(whole.folder / "checkpoints").path_of(step);
    ASSERT_TRUE(rest.go_on(name).finished());
    EXPECT_EQ(essence(rest.trainer->capture()), expected) << text << "\nresumed at " << step;
    EXPECT_EQ(rest.logs(), whole.logs()) << text << "\nresumed at " << step;
  }
}

}  // namespace banach
