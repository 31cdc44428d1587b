// SPDX-License-Identifier: Apache-2.0
// The HDF5 file of a generator: written sample by sample, and gone on with after a kill.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "banach/generator.hpp"
#include "datasets/dataset.hpp"

namespace banach {

/// What the root attributes of such a file say.
struct GeneratedIdentity {
  std::map<std::string, std::string> texts;     // generator, parameters, dtype, version
  std::map<std::string, std::int64_t> numbers;  // seed, samples
};

/// The first attribute in which the file differs: "seed: 0 there, 1 wanted"; "" when it is the same
/// in all of them but those `ignored`, "not a file of a generator" for other files.
std::string difference(const std::filesystem::path& file, const GeneratedIdentity& identity,
                       const std::string& ignored = "");

/// `path`.partial until finish() renames it. Everything but the numbers is laid out when the file
/// is made, so that a killed writer leaves a sound file. Failures are DataErrors (Exit::io).
class GeneratedFile {
 public:
  /// Opens the partial file where there is one of the same identity, else makes it anew.
  GeneratedFile(std::filesystem::path path, const std::vector<GeneratedAxis>& axes,
                const std::vector<GeneratedVariable>& variables, const GeneratedIdentity& identity,
                NumberType type);
  ~GeneratedFile();
  /// Samples that the partial file held already.
  std::int64_t done() const;
  /// Numbers of `count` samples of a variable from sample `first` on.
  void write(std::size_t variable, std::int64_t first, std::int64_t count, const double* values);
  /// All samples before `done` are in the file, and on the disk, once it returns.
  void mark(std::int64_t done);
  /// Takes the mark away, closes, and gives the file its name.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
