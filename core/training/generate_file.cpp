// SPDX-License-Identifier: Apache-2.0
#include "core/training/generate_file.hpp"

#include "core/training/guilty_key.hpp"

namespace banach {

void describe(Schema<GenerateFile>& s) {
  s.field("generator", &GenerateFile::generator, "what to generate").required();
  s.field("plugins", &GenerateFile::plugins, "where else plugins lie");
}

GenerateFile read_generate_file(const Table& table) {
  Diagnostics diagnostics;
  GenerateFile out = Schema<GenerateFile>().read(table, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

PreparedGenerator prepared_generator(const Table& table, const GenerateFile& file,
                                     const Catalog<Generator>& catalog,
                                     const UnknownGenerator& unknown) {
  PreparedGenerator out = prepare_generator(catalog, file.generator, unknown);
  with_guilty_keys(table, [&] { require_memory(out); });
  return out;
}

}  // namespace banach
