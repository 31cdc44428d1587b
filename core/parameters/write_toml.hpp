// SPDX-License-Identifier: Apache-2.0
// Tables to TOML: resolved configurations that a person can read and edit.
#pragma once
#include "banach/parameters.hpp"

namespace banach {

/// The table as TOML, in the order of `docs` (unknown keys last), each documented parameter with
/// its text and rule as a comment. Tables become [sections], lists of tables [[sections]], below
/// the plain values of their parent. Reads back to the same table.
BANACH_API std::string write_toml(const Table& table, const std::vector<ParameterInfo>& docs = {});

}  // namespace banach
