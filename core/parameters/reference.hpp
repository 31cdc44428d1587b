// SPDX-License-Identifier: Apache-2.0
// The tables of a TOML file, for people: a section for every table, a row for every key.
#pragma once
#include "banach/registry.hpp"

namespace banach {

/// Markdown: "## `banach train`", what the file is for, then each table under its heading as it
/// stands in a file ("[[stage]]", "[observations.NAME]") with key, type, default, rule and meaning.
BANACH_API std::string reference_markdown(const EntryInfo& file);

/// The part of a file that a path names: "stage", "dataset.window", "stage.0.lr",
/// "observations.probe.file"; list entries and names are skipped. An entry called after the path
/// with its keys, or with the key alone; nullopt when there is none such.
BANACH_API std::optional<EntryInfo> part_of_file(const EntryInfo& file, const std::string& path);

}  // namespace banach
