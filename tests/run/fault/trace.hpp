// SPDX-License-Identifier: Apache-2.0
// The recorded system calls of one writer: heads followed by two byte strings each.
#pragma once
#include <cstdint>

namespace banach::fault {

/// kind: d(irectory a opened), o(pen a), w(rite a), s(ync), c(lose), r(ename a to b), u(nlink a),
/// a(cknowledged line a).
struct RecordHead {
  char kind;
  std::int32_t fd, flags;
  std::uint32_t a_size, b_size;
};

}  // namespace banach::fault
