// SPDX-License-Identifier: Apache-2.0
// fault_writer KIND FOLDER ACKS COUNT: saves COUNT checkpoints and writes a line to ACKS for each
// one that was committed ("step 7", "best 6") or failed ("failed 7: why"). KIND is "protocol" or
// one of the two negative controls: "naive" overwrites in place, "unsynced" renames without fsync.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>

#include "tests/run/fault/scenario.hpp"

namespace {

using namespace banach;
namespace fs = std::filesystem;

struct Writer {
  Descriptor acks;
  int failures = 0;

  void say(const std::string& line) {
    write_all(acks.get(), std::string_view(line + '\n'), "the acknowledgements");
  }
  void attempt(const std::string& what, std::int64_t step, const std::function<void()>& save) {
    try {
      save();
    } catch (const IoError& e) {
      ++failures;
      say("failed " + std::to_string(step) + ": " + e.what());
      return;
    }
    say(what + ' ' + std::to_string(step));
  }
};

void overwrite(const fs::path& path, const Container& container) {
  const auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  write_all(file.get(), encode(container), path);
}

void rename_unsynced(const Checkpoints& checkpoints, std::int64_t step) {
  const auto path = checkpoints.path_of(step), temporary = checkpoints.folder() / ".tmp-x";
  overwrite(temporary, fault::state_of(step));
  if (::rename(temporary.c_str(), path.c_str()) != 0) throw IoError(path, "rename to", errno);
  if (step > 2) ::unlink(checkpoints.path_of(step - 2).c_str());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 64;
  const std::string kind = arguments[1];
  Checkpoints checkpoints(arguments[2]);
  Writer writer{open_file(arguments[3], O_WRONLY | O_CREAT | O_APPEND)};
  const auto last = std::atoll(arguments[4]);
  if (kind == "protocol") checkpoints.start();
  for (std::int64_t step = 1; step <= last; ++step) {
    writer.attempt("step", step, [&] {
      if (kind == "naive")
        overwrite(fault::naive_path(checkpoints.folder()), fault::state_of(step));
      else if (kind == "unsynced")
        rename_unsynced(checkpoints, step);
      else
        checkpoints.save(step, fault::state_of(step));
    });
    if (kind == "protocol" && fault::is_best(step))
      writer.attempt("best", step, [&] { checkpoints.save_best(step, fault::state_of(step)); });
  }
  return writer.failures ? static_cast<int>(Exit::io) : 0;
}
