// SPDX-License-Identifier: Apache-2.0
#include "core/run/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <sstream>

#include "core/parameters/names.hpp"
#include "core/run/progress.hpp"

namespace banach {

namespace {

// A process that was killed may have left half a line.
bool ends_torn(const Descriptor& file) {
  const auto length = ::lseek(file.get(), 0, SEEK_END);
  char last = '\n';
  return length > 0 && ::pread(file.get(), &last, 1, length - 1) == 1 && last != '\n';
}

}  // namespace

Log::Log(bool quiet, int fd) : quiet_(quiet), fd_(fd) {}

void Log::open(Descriptor file, const std::filesystem::path& path) {
  const std::lock_guard guard(mutex_);
  file_ = std::move(file);
  path_ = path;
  if (ends_torn(file_)) pending_.insert(0, "\n");
  append(pending_);
  pending_.clear();
}

void Log::attach(Progress* progress) {
  const std::lock_guard guard(mutex_);
  progress_ = progress;
}

void Log::say(const std::string& line) {
  if (progress_) progress_->clear();
  const auto text = printable(line) + '\n';
  static_cast<void>(::write(fd_, text.data(), text.size()) == 0);
}

void Log::record(const std::string& line) {
  const auto now = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(std::time(nullptr)));
  std::string text;  // every line begins with the time, whatever the texts hold that it quotes
  std::istringstream lines(printable(line));
  for (std::string one; std::getline(lines, one);) text += fmt::format("{} {}\n", now, one);
  if (!file_.open()) {
    pending_ += text;
    return;
  }
  append(text);
}

void Log::append(const std::string& text) {
  try {
    write_all(file_.get(), std::string_view(text), path_);
  } catch (const IoError& e) {
    if (!failed_) say(fmt::format("warning: {}", e.what()));
    failed_ = true;
  }
}

void Log::info(const std::string& text) {
  const std::lock_guard guard(mutex_);
  if (!quiet_) say(text);
  record(text);
}

void Log::warning(const std::string& text) {
  const std::lock_guard guard(mutex_);
  say("warning: " + text);
  record("warning: " + text);
}

void Log::note(const std::string& text) {
  const std::lock_guard guard(mutex_);
  record(text);
}

}  // namespace banach
