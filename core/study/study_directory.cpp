// SPDX-License-Identifier: Apache-2.0
#include "core/study/study_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "study.lock";
constexpr const char* definition_name = "study.toml";
constexpr auto patience = std::chrono::seconds(30);  // for trials that save after a kill

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw DataError(fmt::format("{}: {}", path.string(), why), Exit::cannot_create);
}

void refuse_foreign(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  if (!fs::is_directory(path, error)) refuse(path, "is in the way: no folder");
  if (fs::exists(path / definition_name, error) && fs::exists(path / lock_name, error)) return;
  for (const auto& entry : fs::directory_iterator(path, error))
    if (entry.path().filename() != lock_name && !is_temporary(entry.path()))
      refuse(path, "the folder holds other files and is no study; choose another with --out");
  if (error) refuse(path, "cannot read the folder: " + error.message());
}

long holder(const Descriptor& file) {
  char text[32] = "";
  return ::pread(file.get(), text, sizeof text - 1, 0) > 0 ? std::strtol(text, nullptr, 10) : 0;
}

bool dead(long pid) { return pid > 0 && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH; }

Descriptor take(const fs::path& path) {
  const auto name = path / lock_name;
  auto file = open_file(name, O_RDWR | O_CREAT, Exit::cannot_create);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw IoError(name, "lock", errno, Exit::cannot_create);
    const long pid = holder(file);
    if (!dead(pid))
      refuse(path, fmt::format("the study is in use by pid {}; wait for it or choose another "
                               "folder with --out",
                               pid));
    if (std::chrono::steady_clock::now() > until)
      refuse(path,
             fmt::format("pid {} is gone, but trials that it began still run; end them", pid));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (::ftruncate(file.get(), 0) != 0) throw IoError(name, "write", errno, Exit::cannot_create);
  write_all(file.get(), std::string_view(fmt::format("{}\n", ::getpid())), name);
  return file;
}

}  // namespace

StudyDirectory::StudyDirectory(fs::path path) : path_(std::move(path)) {
  refuse_foreign(path_);
  make_directories(path_);
  lock_ = take(path_);
  refuse_foreign(path_);  // again: another process may have come and gone meanwhile
  remove_temporaries(path_);
}

// The definition goes first: a folder that holds anything else without it is none of ours.
void StudyDirectory::define(const std::string& text) const {
  write_atomically(definition(), std::string_view(text));
  make_directories(path_ / "trials");
}

bool StudyDirectory::begun() const {
  std::error_code error;
  return fs::exists(definition(), error);
}

void StudyDirectory::clear() const {
  // The definition goes last, so that an interrupted removal can be repeated.
  for (const bool last : {false, true})
    for (const auto& entry : fs::directory_iterator(path_)) {
      const auto name = entry.path().filename();
      if (name == lock_name || (name == definition_name) != last) continue;
      std::error_code error;
      fs::remove_all(entry.path(), error);
      if (error) refuse(entry.path(), "cannot remove: " + error.message());
    }
  sync_directory(path_);
}

}  // namespace banach
