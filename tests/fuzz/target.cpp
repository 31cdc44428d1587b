// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

void defect(const std::string& what) {
  std::fprintf(stderr, "defect: %s\n", what.c_str());
  std::abort();
}

namespace {

/// Gone with the process.
struct Scratch {
  std::string path =
      (std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                 : std::filesystem::temp_directory_path()) /
      ("banach-fuzz-" + std::to_string(getpid()));
  ~Scratch() { std::remove(path.c_str()); }
};

}  // namespace

std::string file_with(const std::string& bytes) {
  static const Scratch scratch;
  std::ofstream file(scratch.path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) defect("cannot write " + scratch.path);
  return scratch.path;
}
