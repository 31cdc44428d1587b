// SPDX-License-Identifier: Apache-2.0
#include "datasets/pending_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "core/run/atomic_file.hpp"

namespace banach {
namespace fs = std::filesystem;

namespace {

/// What a killed program has left of the same file: .tmp-PID-NAME of a process that is gone.
void remove_orphans(const fs::path& folder, const std::string& name) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    long pid = 0;
    const auto found = it->path().filename().string();
    if (std::sscanf(found.c_str(), ".tmp-%ld-", &pid) == 1 && pid > 0 &&
        found == fmt::format(".tmp-{}-{}", pid, name) && ::kill(static_cast<pid_t>(pid), 0) != 0 &&
        errno == ESRCH)
      ::unlink(it->path().c_str());
  }
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

PendingFile::PendingFile(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  if (fs::is_directory(path_, error))
    throw DataError(fmt::format("cannot create {}: it is a folder", path_.string()),
                    Exit::cannot_create);
  const auto folder = folder_of(path_);
  if (!fs::is_directory(folder, error))
    throw DataError(fmt::format("cannot create {}: directory {} does not exist; create it first",
                                path_.string(), folder.string()),
                    Exit::cannot_create);
  remove_orphans(folder, path_.filename().string());
  // With the process id, so that two programs that write the same file do not mix their bytes.
  temporary_ = folder / fmt::format(".tmp-{}-{}", ::getpid(), path_.filename().string());
  try {
    ::unlink(temporary_.c_str());  // of an earlier process of that number, or laid there
    open_file(temporary_, O_WRONLY | O_CREAT | O_EXCL);
  } catch (const IoError& e) {
    throw IoError(path_, "create", e.error_number(), Exit::cannot_create);
  }
}

PendingFile::~PendingFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void PendingFile::commit() {
  const Descriptor file = open_file(temporary_, O_RDONLY);
  if (::fsync(file.get()) != 0) throw IoError(path_, "sync", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw IoError(path_, "rename to", errno);
  committed_ = true;
  sync_directory(folder_of(path_));
}

}  // namespace banach
