// SPDX-License-Identifier: Apache-2.0
#include "core/study/study_directory.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace banach {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "study.lock";
constexpr auto patience = std::chrono::seconds(30);  // for trials that save after a kill

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw DataError(fmt::format("{}: {}", path.string(), why), Exit::cannot_create);
}

void refuse_foreign(const Folder& folder) {
  if (folder.has(StudyDirectory::definition_name) && folder.has(lock_name)) return;
  for (const auto& name : folder.names())
    if (name != lock_name && !is_temporary(name))
      refuse(folder.path(),
             "the folder holds other files and is no study; choose another with --out");
}

// Before anything is made.
void refuse_what_is_there(const fs::path& path) {
  std::error_code error;
  const auto there = fs::status(path, error).type();
  if (there != fs::file_type::not_found && there != fs::file_type::directory)
    refuse(path, "exists and is not a folder");
  if (const auto folder = Folder::find(path)) refuse_foreign(*folder);
}

bool dead(long pid) { return pid > 0 && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH; }

FolderLock take(const Folder& folder) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    std::string holder;
    if (auto lock = FolderLock::take(folder, lock_name, holder)) return std::move(*lock);
    const long pid = std::strtol(holder.c_str(), nullptr, 10);
    if (!dead(pid))
      refuse(folder.path(),
             fmt::format("the study is in use by {}; wait for it or choose another folder with "
                         "--out",
                         pid > 0 ? fmt::format("pid {}", pid) : "another process"));
    if (std::chrono::steady_clock::now() > until)
      refuse(folder.path(),
             fmt::format("pid {} is gone, but trials that it began still run; end them", pid));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

StudyDirectory::StudyDirectory(fs::path path) : path_(std::move(path)) {
  refuse_what_is_there(path_);
  make_directories(path_);
  folder_ = Folder(path_);
  lock_ = take(*folder_);
  lock_->sign(fmt::format("{}\n", ::getpid()));
  refuse_foreign(*folder_);  // again: another process may have come and gone meanwhile
  folder_->remove_temporaries();
}

// The definition goes first: a folder that holds anything else without it is none of ours.
void StudyDirectory::define(const std::string& text) const {
  folder_->write(definition_name, std::string_view(text));
  folder_->make_folder(trials_name);
}

bool StudyDirectory::begun() const { return folder_->has(definition_name); }

Folder StudyDirectory::trials() const { return folder_->make_folder(trials_name); }

void StudyDirectory::clear() const {
  // The definition goes last, so that an interrupted removal can be repeated.
  for (const bool last : {false, true})
    for (const auto& name : folder_->names())
      if (name != lock_name && (name == definition_name) == last) folder_->remove_tree(name);
  folder_->sync();
}

}  // namespace banach
