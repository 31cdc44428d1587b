// SPDX-License-Identifier: Apache-2.0
// The operations of a trace on jets of tensors.
#pragma once
#include <functional>

#include "banach/tensor_architecture.hpp"
#include "core/executor/program.hpp"

namespace banach {

/// Operations that act on every plane alike; `in` is [input][plane], already read for this node's
/// basis; value_parts[i] is the coefficient of the value in basis row i (where shifts and biases
/// go).
Jet plane_operation(const Node& node, const std::vector<Jet>& in, const SlotTensors* slots,
                    const std::vector<double>& value_parts, const at::TensorOptions& options);

/// A nonlinear function on the planes of a closed span.
Jet apply_jet(const Node& node, const Jet& z, const std::vector<ProductEntry>& table, int order,
              const at::TensorOptions& options);

/// Row-wise dot products; a matrix product where functions meet points.
Jet dot_jet(const Jet& a, const Jet& b, const std::vector<ProductEntry>& table, int size);

/// Partial derivatives of a function of the coordinates at points x [rows, axes]: asked for by
/// exponents per axis, [rows, width] each.
using Partials =
    std::function<std::vector<at::Tensor>(const at::Tensor& x, const std::vector<Monomial>& which)>;
/// Composes a function known by its partial derivatives with the jets of its arguments, exactly.
Jet compose_jet(const Partials& partials, const Jet& x, const std::vector<ProductEntry>& table,
                const Basis& closed);

/// Partial derivatives by nested reverse mode.
Partials nested_partials(std::function<at::Tensor(const at::Tensor&)> f);
/// Partial derivatives by central differences; `range` of each axis scales the step, 0: one that
/// balances truncation and rounding.
Partials difference_partials(std::function<at::Tensor(const at::Tensor&)> f,
                             std::vector<double> range, double step);

/// A TensorArchitecture as one node of an architecture's trace.
Jet opaque_jet(const TensorArchitecture& architecture, const Node& node, const Jet& x,
               const Program::Instruction& instruction, const Program::Run& run);

/// All planes times one random mask, a pure function of the run's key, the layer and the place.
Jet dropout_jet(const Node& node, const Jet& x, const Program::Run& run);

/// Rows of numbers as a tensor [1, width].
at::Tensor row_tensor(const std::vector<double>& numbers, const at::TensorOptions& options);

}  // namespace banach
