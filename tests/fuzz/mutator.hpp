// SPDX-License-Identifier: Apache-2.0
// Reproducible mutants of texts.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Draws mutants: bytes, ranges, lines, numbers and a dictionary of what parsers trip over.
class Mutator {
 public:
  Mutator(std::vector<std::string> seeds, std::uint64_t seed)
      : seeds_(std::move(seeds)), random_(seed) {}
  std::string next();

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  std::string token();
  void change(std::string& text);
  void change_range(std::string& text);
  void change_lines(std::string& text);

  std::vector<std::string> seeds_;
  std::mt19937_64 random_;
};
