// SPDX-License-Identifier: Apache-2.0
// PROGRAM COUNT [FILE...]: calls a fuzz target with the files and with mutants of them, where there
// is no libFuzzer. $FUZZ_SEED sets another stream. A crash or a hang leaves the mutant in
// PROGRAM.crash.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "mutator.hpp"
#include "target.hpp"

namespace {

std::string mutant, crash_file;  // of the one at work, for the signal handler

extern "C" void on_signal(int signal) {
  const int file = open(crash_file.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (file >= 0 && write(file, mutant.data(), mutant.size()) < 0) _exit(3);
  static const char text[] = "crash or hang: the mutant is in a file that ends in .crash\n";
  if (write(2, text, sizeof text - 1) < 0) _exit(3);
  _exit(128 + signal);
}

void call() {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(mutant.data()), mutant.size());
}

std::vector<std::string> read_seeds(int argc, char** argv) {
  std::vector<std::string> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) seeds.emplace_back();
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10000;
  const char* seed = std::getenv("FUZZ_SEED");
  crash_file = std::filesystem::path(argv[0]).filename().string() + ".crash";
  for (const int signal : {SIGALRM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, on_signal);
  const auto seeds = read_seeds(argc, argv);
  for (const auto& text : seeds) mutant = text, call();
  Mutator mutator(seeds, seed ? std::strtoull(seed, nullptr, 10) : 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 100 == 0) alarm(60);  // of all hundred
    mutant = mutator.next();
    call();
  }
  std::cout << count << " mutants of " << seeds.size() << " seeds\n";
  return 0;
}
