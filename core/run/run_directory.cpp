// SPDX-License-Identifier: Apache-2.0
#include "core/run/run_directory.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "run.lock";

enum class State { absent, empty, run, foreign };

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw DataError(fmt::format("{}: {}", path.string(), why), Exit::cannot_create);
}

bool has(const fs::path& folder, const char* name) {
  std::error_code error;
  return fs::is_regular_file(folder / name, error);
}

bool has_config(const fs::path& folder) {
  return has(folder, "config.toml") || has(folder, "resolved.toml");
}

State examine(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return State::absent;
  if (status.type() != fs::file_type::directory) refuse(path, "is in the way: no folder");
  // run.lock as well: a home folder that happens to hold a config.toml must never be emptied.
  if (RunDirectory::is_run(path)) return State::run;
  fs::directory_iterator it(path, error), end;
  if (error) refuse(path, "cannot read the folder: " + error.message());
  for (; it != end; it.increment(error))
    if (it->path().filename() != lock_name && !is_temporary(it->path())) return State::foreign;
  return State::empty;
}

void refuse_foreign(const fs::path& path) {
  if (examine(path) == State::foreign)
    refuse(path, "the folder holds other files and is no run; choose another name or --out");
}

void refuse_existing(const fs::path& path) {
  if (examine(path) == State::run)
    refuse(path, fmt::format("{} run is there; continue it with --resume, replace it with "
                             "--force, or choose another name or --out",
                             RunDirectory::is_finished(path) ? "a finished" : "an unfinished"));
}

std::string holder() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const auto now = fmt::gmtime(std::time(nullptr));
  return fmt::format("pid {} on {} since {:%Y-%m-%d %H:%M:%S} UTC\n", ::getpid(), host, now);
}

std::string text_of(const Descriptor& file) {
  char text[512];
  const auto count = ::pread(file.get(), text, sizeof text, 0);
  std::string who(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!who.empty() && who.back() == '\n') who.pop_back();
  return who.empty() ? "another process" : who;
}

/// The lock dies with the process, so that it is never stale; its text only names the holder.
Descriptor lock(const fs::path& path) {
  const auto name = path / lock_name;
  auto file = open_file(name, O_RDWR | O_CREAT, Exit::cannot_create);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw IoError(name, "lock", errno, Exit::cannot_create);
    refuse(path, fmt::format("the run is in use by {}; wait for it or choose another name or --out",
                             text_of(file)));
  }
  return file;
}

/// All that a save will need, tried now and not after an hour; signs the lock on the way.
void probe(const fs::path& path, const Descriptor& lock) {
  // Its name is that of a temporary, so that a killed probe leaves nothing that stands in the way.
  const auto file = path / ".tmp-probe";
  try {
    if (::ftruncate(lock.get(), 0) != 0) throw IoError(path / lock_name, "write", errno);
    write_all(lock.get(), std::string_view(holder()), path / lock_name);
    write_atomically(file, std::string_view("probe\n"));
    if (::unlink(file.c_str()) != 0) throw IoError(file, "remove", errno);
  } catch (const IoError& e) {
    refuse(path, fmt::format("the folder cannot be written: {}", e.what()));
  }
}

/// The configuration goes last, so that an interrupted removal can be repeated.
void clear(const fs::path& path) {
  const auto remove = [&](const fs::path& entry) {
    std::error_code error;
    fs::remove_all(entry, error);
    if (error) refuse(entry, "cannot remove: " + error.message());
  };
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(path)) entries.push_back(entry.path());
  for (const auto& entry : entries)
    if (entry.filename() != lock_name && entry.extension() != ".toml") remove(entry);
  for (const auto& entry : entries)
    if (entry.filename() != lock_name) remove(entry);
  sync_directory(path);
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, Descriptor lock)
    : path_(std::move(path)), lock_(std::move(lock)) {}

RunDirectory RunDirectory::create(const fs::path& path, bool force) {
  refuse_foreign(path);
  make_directories(path);
  RunDirectory run(path, lock(path));
  refuse_foreign(path);  // again: another process may have come and gone meanwhile
  if (!force) refuse_existing(path);
  probe(path, run.lock_);
  if (examine(path) == State::run) clear(path);
  remove_temporaries(path);
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  if (!has_config(path))
    throw DataError(fmt::format("{}: no run there (no config.toml)", path.string()),
                    Exit::no_input);
  RunDirectory run(path, lock(path));
  probe(path, run.lock_);
  remove_temporaries(path);
  return run;
}

bool RunDirectory::is_run(const fs::path& path) { return has(path, lock_name) && has_config(path); }

bool RunDirectory::is_finished(const fs::path& path) { return has(path, "result.json"); }

void RunDirectory::write_text(const std::string& name, const std::string& text) const {
  write_atomically(path_ / name, std::string_view(text));
}

}  // namespace banach
