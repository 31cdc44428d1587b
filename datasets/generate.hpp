// SPDX-License-Identifier: Apache-2.0
// Data sets made by generators: the file, and the table that asks for it. No torch here.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "banach/generator.hpp"
#include "banach/registry.hpp"
#include "datasets/dataset.hpp"

namespace banach {

/// Which samples a file holds. Everything but the last two is part of what the file is.
struct GenerateOptions {
  std::string generator;   // its name
  std::string parameters;  // TOML with every default written out
  std::int64_t count = 0;
  std::int64_t seed = 0;
  NumberType type = NumberType::float32;
  int threads = 0;       // 0: one per core
  bool replace = false;  // whatever is at the path, and is written anew
};

/// Called several times a second with the number of samples written; false asks for the end.
using GenerateProgress = std::function<bool(std::int64_t done)>;

/// Writes `count` samples of a generator to an HDF5 file; resumable, deterministic: sample i
/// depends on (seed, i) alone. Works in `path`.partial, which a second call goes on with; the file
/// appears under its name when it is complete. One that is there already and is the same is left
/// alone, another one needs `replace`. Returns the samples written so far: `count`, or fewer when
/// `progress` asked for the end. DataError for another file at `path`, numbers that are not finite,
/// and failures of the disk; PluginError for axes and variables that do not fit together.
BANACH_API std::int64_t generate_file(const Generator& generator, const GenerateOptions& options,
                                      const std::filesystem::path& path,
                                      const GenerateProgress& progress = {});

/// A file of the same shapes and coordinates beside `path`, all numbers of which are still to be
/// generated; returns its name.
BANACH_API std::string lay_out_file(const Generator& generator, const GenerateOptions& options,
                                    const std::filesystem::path& path);

/// The table [generator]: what is the engine's, and the generator's own keys beside it.
struct GenerateParameters {
  std::string type;
  std::int64_t samples = 1000;
  std::int64_t seed = 0;
  std::string dtype = "float32";
  std::string file;  // default: type.h5
  Table own;
};
BANACH_API void describe(Schema<GenerateParameters>& s);

/// A table that was read and found right.
struct PreparedGenerator {
  std::shared_ptr<const Generator> generator;
  GenerateOptions options;
  std::filesystem::path file;  // relative to the TOML file that names it
};
/// ConfigError when the samples that are computed at a time are larger than the memory there is.
BANACH_API void require_memory(const PreparedGenerator& job);
/// Called for a type that the catalog does not have; throws.
using UnknownGenerator = std::function<void(const std::string& type, const Source& where)>;
/// Builds what the table describes; ConfigError with everything that is wrong.
BANACH_API PreparedGenerator prepare_generator(const Catalog<Generator>& catalog,
                                               const Table& table, const UnknownGenerator& unknown);

}  // namespace banach
