// SPDX-License-Identifier: Apache-2.0
// The checkpoints of one run: step-000000015000.ck (the newest is the last) and best.ck.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/run/container.hpp"
#include "core/run/folder.hpp"

namespace banach {

/// The folder of a run's checkpoints. Once a save returns, that checkpoint survives kill and power
/// loss; a save that throws (IoError, Exit::io) leaves all older ones whole, so that the caller may
/// go on or stop.
class BANACH_API Checkpoints {
 public:
  struct Loaded {
    std::int64_t step;
    std::filesystem::path path;
    Container container;
  };

  /// Those of a run. Touches nothing yet, so that it serves readers as well; `keep` is at least 2.
  explicit Checkpoints(const Folder& run, int keep = 2);
  /// Those in any folder.
  explicit Checkpoints(std::filesystem::path folder, int keep = 2);

  /// Before the first save, under the run's lock: makes the folder, removes stale temporaries.
  void start();

  /// Commits step-<step>.ck, then removes all but the newest `keep` up to that step.
  /// Sets meta["step"].
  std::filesystem::path save(std::int64_t step, Container container);

  /// Commits best.ck; the one before it is there until then.
  std::filesystem::path save_best(std::int64_t step, Container container);

  /// The newest checkpoint that holds; each newer one that had to be refused adds a sentence to
  /// `notices`. DataError: Exit::no_input if there is none, Exit::bad_data if none holds.
  Loaded load_last(std::vector<std::string>& notices) const;

  /// best.ck; DataError, Exit::no_input if there is none.
  Loaded load_best() const;
  bool has_best() const;

  /// Any checkpoint file, verified.
  static Loaded load(const Folder& folder, const std::string& name);
  static Loaded load(const std::filesystem::path& path);

  /// Steps that have a file, newest first; unverified.
  std::vector<std::int64_t> steps() const;

  const std::filesystem::path& folder() const { return path_; }
  std::filesystem::path path_of(std::int64_t step) const;

 private:
  std::optional<Folder> find() const;
  Folder held(Exit code = Exit::io) const;
  std::filesystem::path commit(const Folder& folder, const std::string& name, std::int64_t step,
                               Container container);
  void prune(const Folder& folder, std::int64_t newest) const;

  std::optional<Folder> run_;
  std::filesystem::path path_;
  std::size_t keep_;
};

}  // namespace banach
