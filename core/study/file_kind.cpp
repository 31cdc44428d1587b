// SPDX-License-Identifier: Apache-2.0
#include "core/study/file_kind.hpp"

#include <array>

namespace banach {
namespace {

struct Kind {
  const char *command, *table;
};
// The table that each kind of file alone has.
constexpr std::array<Kind, 4> kinds{
    {{"train", "architecture"}, {"sweep", "sweep"}, {"tune", "tune"}, {"generate", "generator"}}};

const Value* own_table(const Kind& kind, const Table& table) {
  const Value* found = table.find(kind.table);
  return found || std::string(kind.command) != "train" ? found : table.find("stage");
}

}  // namespace

void require_file_of(const std::string& command, const Table& table) {
  std::string own;
  for (const Kind& kind : kinds) {
    if (kind.command != command) continue;
    if (own_table(kind, table)) return;
    own = kind.table;
  }
  for (const Kind& kind : kinds)
    if (const Value* other = own_table(kind, table))
      throw ConfigError(to_text(other->key.file ? other->key : other->source) +
                        ": this is a file for banach " + kind.command + ": it has [" +
                        (table.find(kind.table) ? kind.table : "stage") + "] and no [" + own + "]");
}

}  // namespace banach
