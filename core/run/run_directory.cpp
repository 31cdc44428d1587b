// SPDX-License-Identifier: Apache-2.0
#include "core/run/run_directory.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "run.lock";
constexpr const char* result_name = "result.json";

enum class State { empty, run, foreign };

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw DataError(fmt::format("{}: {}", path.string(), why), Exit::cannot_create);
}

bool has_config(const Folder& folder) {
  return folder.has("config.toml") || folder.has("resolved.toml");
}

// run.lock as well: a home folder that happens to hold a config.toml must never be emptied.
bool has_run(const Folder& folder) { return folder.has(lock_name) && has_config(folder); }

State examine(const Folder& folder) {
  if (has_run(folder)) return State::run;
  for (const auto& name : folder.names())
    if (name != lock_name && !is_temporary(name)) return State::foreign;
  return State::empty;
}

void refuse_foreign(const Folder& folder) {
  if (examine(folder) == State::foreign)
    refuse(folder.path(),
           "the folder holds other files and is no run; choose another name or --out");
}

void refuse_existing(const Folder& folder) {
  if (examine(folder) == State::run)
    refuse(folder.path(), fmt::format("{} run is there; continue it with --resume, replace it with "
                                      "--force, or choose another name or --out",
                                      folder.has(result_name) ? "a finished" : "an unfinished"));
}

// Before anything is made.
void refuse_what_is_there(const fs::path& path) {
  std::error_code error;
  const auto there = fs::status(path, error).type();
  if (there != fs::file_type::not_found && there != fs::file_type::directory)
    refuse(path, "exists and is not a folder");
  if (const auto folder = Folder::find(path)) refuse_foreign(*folder);
}

std::string holder() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const auto now = fmt::gmtime(std::time(nullptr));
  return fmt::format("pid {} on {} since {:%Y-%m-%d %H:%M:%S} UTC\n", ::getpid(), host, now);
}

FolderLock lock(const Folder& folder) {
  std::string holder;
  auto taken = FolderLock::take(folder, lock_name, holder);
  if (!taken)
    refuse(folder.path(),
           fmt::format("the run is in use by {}; wait for it or choose another name or --out",
                       holder.empty() ? "another process" : holder));
  return std::move(*taken);
}

/// All that a save will need, tried now and not after an hour; signs the lock on the way.
void probe(const Folder& folder, const FolderLock& lock) {
  // Its name is that of a temporary, so that a killed probe leaves nothing that stands in the way.
  constexpr const char* name = ".tmp-probe";
  try {
    lock.sign(holder());
    folder.write(name, std::string_view("probe\n"));
    folder.remove(name);
  } catch (const IoError& e) {
    refuse(folder.path(), fmt::format("the folder cannot be written: {}", e.what()));
  }
}

/// The configuration goes last, so that an interrupted removal can be repeated.
void clear(const Folder& folder) {
  for (const bool last : {false, true})
    for (const auto& name : folder.names())
      if (name != lock_name && (fs::path(name).extension() == ".toml") == last)
        folder.remove_tree(name);
  folder.sync();
}

}  // namespace

RunDirectory::RunDirectory(Folder folder, FolderLock lock)
    : folder_(std::move(folder)), lock_(std::move(lock)) {}

RunDirectory RunDirectory::create(const fs::path& path, bool force) {
  refuse_what_is_there(path);
  make_directories(path);
  const Folder folder(path);
  RunDirectory run(folder, lock(folder));
  refuse_foreign(folder);  // again: another process may have come and gone meanwhile
  if (!force) refuse_existing(folder);
  probe(folder, run.lock_);
  if (examine(folder) == State::run) clear(folder);
  folder.remove_temporaries();
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  const auto folder = Folder::find(path);
  if (!folder || !has_config(*folder))
    throw DataError(fmt::format("{}: no run there (no config.toml)", path.string()),
                    Exit::no_input);
  RunDirectory run(*folder, lock(*folder));
  probe(*folder, run.lock_);
  folder->remove_temporaries();
  return run;
}

bool RunDirectory::is_run(const fs::path& path) {
  const auto folder = Folder::find(path);
  return folder && has_run(*folder);
}

bool RunDirectory::is_finished(const fs::path& path) {
  const auto folder = Folder::find(path);
  return folder && folder->has(result_name);
}

void RunDirectory::write_text(const std::string& name, const std::string& text) const {
  folder_.write(name, std::string_view(text));
}

}  // namespace banach
