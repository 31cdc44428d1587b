// SPDX-License-Identifier: Apache-2.0
// The file that `banach generate` reads.
#pragma once
#include "core/training/configuration.hpp"
#include "datasets/generate.hpp"

namespace banach {

struct GenerateFile {
  Table generator;
  PluginPaths plugins;
};
BANACH_API void describe(Schema<GenerateFile>& s);

/// ConfigError with everything that is wrong but the generator's own parameters, which
/// prepared_generator() reads once its plugin is loaded.
BANACH_API GenerateFile read_generate_file(const Table& table);
/// The generator of the file; ConfigError with the places of what is wrong, or too large.
BANACH_API PreparedGenerator prepared_generator(const Table& table, const GenerateFile& file,
                                                const Catalog<Generator>& catalog,
                                                const UnknownGenerator& unknown);

}  // namespace banach
