// SPDX-License-Identifier: Apache-2.0
// Tables of products and nonlinear functions on planes, zero planes left out.
#pragma once
#include "core/fused/tape.hpp"

namespace banach {

/// Of node `n` (Op::apply) on the planes of a closed span; `zero` planes of its argument.
std::shared_ptr<const JetFunctionTables> jet_function_tables(const Node& n, const Basis& closed,
                                                             const std::vector<char>& zero);

/// Entries whose operands are not zero by structure, ordered by their result; an operand -1 is the
/// number one.
std::vector<PlaneProduct> plane_products(const std::vector<ProductEntry>& table,
                                         const std::vector<char>& left_zero,
                                         const std::vector<char>& right_zero);

/// The same for the adjoint of an operand: `left` is its plane, entries are ordered by it.
std::vector<PlaneProduct> operand_adjoint(const std::vector<PlaneProduct>& entries, bool right);

}  // namespace banach
