// SPDX-License-Identifier: Apache-2.0
// A node's derivative planes as tensors; an undefined tensor is a plane that is zero by structure.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "core/expression/trace.hpp"

namespace banach {

/// One tensor per row of the node's basis, each broadcastable to [rows..., width].
using Jet = std::vector<at::Tensor>;

/// acc + c * x, where undefined tensors are zero.
at::Tensor add_scaled(const at::Tensor& acc, const at::Tensor& x, double c);
/// a * b, undefined when one of them is.
at::Tensor times(const at::Tensor& a, const at::Tensor& b);
/// sum over the entries of `reads` of value * jet[row]
at::Tensor read(const Jet& jet, const std::vector<Coordinate>& reads);
/// One output plane of a product by its part of the table, for each of `size` planes.
Jet jet_product(const Jet& a, const Jet& b, const std::vector<ProductEntry>& table, int size);

/// f, f', f''/2!, f'''/3!, f''''/4! at z, as many as order + 1.
std::vector<at::Tensor> taylor(Function f, double exponent, const at::Tensor& z, int order);

}  // namespace banach
