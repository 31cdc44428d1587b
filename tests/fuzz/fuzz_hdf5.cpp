// SPDX-License-Identifier: Apache-2.0
// fuzz_hdf5 COUNT FILE...: damaged copies of HDF5 files through everything that reads them. The
// probe's children may crash and hang; this process must not. A mutant that harms it stays in
// fuzz_hdf5.crash.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>

#include <unistd.h>

#include "banach/error.hpp"
#include "datasets/check.hpp"
#include "datasets/inspect.hpp"
#include "datasets/probe.hpp"
#include "datasets/suggest.hpp"

namespace {

namespace fs = std::filesystem;

char mutant_path[256], crash_path[] = "fuzz_hdf5.crash";

void on_signal(int signal) {
  rename(mutant_path, crash_path);
  const char text[] = "crash or hang: the mutant is in fuzz_hdf5.crash\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, sizeof text - 1);
  _exit(128 + signal);
}

/// Flips bits, writes bytes and numbers that are too large, moves and clears ranges, cuts the end
/// off.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}
  void change(std::string& bytes) {
    for (auto i = below(4); i < 4; ++i) change_once(bytes);
  }
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

 private:
  void change_once(std::string& bytes) {
    if (bytes.size() < 16) return;
    const auto at = below(bytes.size() - 8),
               size = 1 + below(std::min<std::size_t>(64, bytes.size() - at));
    switch (below(8)) {
      case 0:
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes[at] = static_cast<char>(random_());
        break;
      case 3:
        bytes[at] = "\x00\x01\x7f\x80\xff"[below(5)];
        break;
      case 4: {
        const std::uint64_t numbers[] = {0,
                                         1,
                                         bytes.size(),
                                         ~std::uint64_t{0},
                                         std::uint64_t{1} << 63,
                                         std::uint64_t{1} << 32,
                                         random_(),
                                         below(bytes.size())};
        std::memcpy(&bytes[at & ~std::size_t{7}], &numbers[below(8)], 8);
        break;
      }
      case 5:
        std::memset(&bytes[at], static_cast<int>(below(2) * 255), size);
        break;
      case 6:
        std::memmove(&bytes[at], &bytes[below(bytes.size() - size)], size);
        break;
      default:
        if (below(4) == 0) bytes.resize(below(bytes.size()));
    }
  }
  std::mt19937_64 random_;
};

/// What came of a mutant: "read", or the kind of refusal.
std::string try_one(const fs::path& file) {
  std::string stage = "refused by the probe";
  try {
    banach::probe_hdf5_now(file, std::chrono::seconds(3));
    stage = "refused by inspect";
    banach::inspect_text(banach::FileTree(file));
    stage = "refused by suggest";
    const banach::FileTree tree(file);
    banach::suggest_toml({file});
    const auto suggestion = banach::suggest_mapping(tree, {file.string()});
    stage = "refused by open";
    const auto result = banach::check_dataset(suggestion.dataset);
    return result.error.empty() ? "read" : "refused by read";
  } catch (const banach::Error& error) {
    const std::string what = error.what();
    if (what.find("crashes the HDF5 library") != std::string::npos) return "crashed the child";
    if (what.find("does not come to an end") != std::string::npos) return "hung the child";
    return stage;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 300;
  const char* seed = std::getenv("FUZZ_SEED");
  Mutator mutator(seed ? std::strtoull(seed, nullptr, 10) : 1);
  std::vector<std::string> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) return 64;
  setenv("BANACH_TRUST_DATA", "1", 1);  // probed here already, with less patience
  const auto path =
      (fs::temp_directory_path() / ("fuzz_hdf5." + std::to_string(getpid()))).string();
  std::strncpy(mutant_path, path.c_str(), sizeof mutant_path - 1);
  for (const int signal : {SIGALRM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, on_signal);
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string mutant = seeds[mutator.below(seeds.size())];
    mutator.change(mutant);
    std::ofstream(mutant_path, std::ios::binary) << mutant;
    alarm(60);
    ++counts[try_one(mutant_path)];
  }
  std::remove(mutant_path);
  std::cout << count << " mutants";
  for (const auto& [kind, number] : counts) std::cout << ", " << number << " " << kind;
  std::cout << "\n";
  return 0;
}
