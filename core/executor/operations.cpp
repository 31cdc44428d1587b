// SPDX-License-Identifier: Apache-2.0
#include "core/executor/operations.hpp"

#include <torch/types.h>

#include "banach/error.hpp"

namespace banach {

namespace {

// All planes through one matrix product: their rows are stacked, multiplied and split again.
Jet linear_jet(const Node& n, const Jet& x, const SlotTensors& slots,
               const std::vector<double>& value_parts) {
  const at::Tensor& weight = slots[n.index];
  std::vector<at::Tensor> parts;
  std::vector<std::int64_t> rows;
  for (const auto& plane : x) {
    if (!plane.defined()) continue;
    parts.push_back(plane.dim() == 2 ? plane : plane.reshape({-1, plane.size(-1)}));
    rows.push_back(parts.back().size(0));
  }
  Jet out(x.size());
  std::vector<at::Tensor> products;
  if (parts.size() == 1) {
    const bool value_only = x.size() == 1 && value_parts[0] == 1 && n.second >= 0;
    products = {value_only ? at::addmm(slots[n.second], parts[0], weight)
                           : at::mm(parts[0], weight)};
    if (value_only) {
      out[0] = x[0].dim() == 2 ? products[0] : products[0].reshape([&] {
        auto shape = x[0].sizes().vec();
        shape.back() = n.width;
        return shape;
      }());
      return out;
    }
  } else if (!parts.empty()) {
    products = at::mm(at::cat(parts, 0), weight).split_with_sizes(rows, 0);
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i].defined()) {
      auto shape = x[i].sizes().vec();
      shape.back() = n.width;
      out[i] = x[i].dim() == 2 ? products[next] : products[next].reshape(shape);
      ++next;
    }
    if (n.second >= 0 && value_parts[i] != 0)
      out[i] = out[i].defined() ? at::add(out[i], slots[n.second], value_parts[i])
                                : slots[n.second].unsqueeze(0) * value_parts[i];
  }
  return out;
}

Jet concat_jet(const std::vector<Jet>& in, const std::vector<int>& widths,
               const at::TensorOptions& options) {
  Jet out(in[0].size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::vector<at::Tensor> parts, leads;
    for (const auto& jet : in)
      if (jet[i].defined()) leads.push_back(jet[i].select(-1, 0));
    if (leads.empty()) continue;
    const auto lead = at::broadcast_tensors(leads)[0].sizes().vec();
    for (std::size_t k = 0; k < in.size(); ++k) {
      auto shape = lead;
      shape.push_back(widths[k]);
      parts.push_back(in[k][i].defined() ? in[k][i].expand(shape) : at::zeros(shape, options));
    }
    out[i] = at::cat(parts, -1);
  }
  return out;
}

at::Tensor combined(const Node& n, const std::vector<Jet>& in, std::size_t plane) {
  at::Tensor sum;
  for (std::size_t k = 0; k < in.size(); ++k) sum = add_scaled(sum, in[k][plane], n.numbers[k]);
  return sum.defined() && sum.size(-1) != n.width ? sum.expand([&] {
    auto shape = sum.sizes().vec();
    shape.back() = n.width;
    return shape;
  }())
                                                  : sum;
}

at::Tensor selected(const Node& n, const std::vector<Jet>& in, std::size_t plane,
                    const at::TensorOptions& options) {
  const at::Tensor &a = in[1][plane], &b = in[2][plane];
  if (!a.defined() && !b.defined()) return {};
  const at::Tensor zero = at::zeros({n.width}, options);  // also makes the plane as wide as n
  const at::Tensor& condition = in[0][0].defined() ? in[0][0] : zero;
  return at::where(condition > 0, a.defined() ? a : zero, b.defined() ? b : zero);
}

at::Tensor affine_plane(const Node& n, const at::Tensor& x, double value_part,
                        const at::TensorOptions& options) {
  const auto w = static_cast<std::ptrdiff_t>(n.width);
  const std::vector<double> scale(n.numbers.begin(), n.numbers.begin() + w);
  std::vector<double> shift(n.numbers.begin() + w, n.numbers.end());
  for (auto& s : shift) s *= value_part;
  at::Tensor out = x.defined() ? x * row_tensor(scale, options) : x;
  if (value_part != 0) out = add_scaled(out, row_tensor(shift, options), 1);
  return out;
}

}  // namespace

Jet plane_operation(const Node& n, const std::vector<Jet>& in, const SlotTensors* slots,
                    const std::vector<double>& value_parts, const at::TensorOptions& options) {
  if (n.op == Op::linear) return linear_jet(n, in[0], *slots, value_parts);
  if (n.op == Op::concat) {
    std::vector<int> widths;
    for (const double w : n.numbers) widths.push_back(static_cast<int>(w));
    return concat_jet(in, widths, options);
  }
  Jet out;
  for (std::size_t i = 0; i < value_parts.size(); ++i) {
    const at::Tensor& x = n.op == Op::select ? in[1][i] : in[0][i];
    switch (n.op) {
      case Op::affine:
        out.push_back(affine_plane(n, x, value_parts[i], options));
        break;
      case Op::combine:
        out.push_back(combined(n, in, i));
        break;
      case Op::columns:
        out.push_back(x.defined() ? x.narrow(-1, n.index, n.width) : x);
        break;
      case Op::sum:
        out.push_back(x.defined() ? x.sum(-1, true) : x);
        break;
      case Op::node_sum:
        out.push_back(x.defined() ? (x * row_tensor(n.numbers, options).t()).sum(-2, true) : x);
        break;
      case Op::stop:
        out.push_back(x.defined() ? x.detach() : x);
        break;
      case Op::select:
        out.push_back(selected(n, in, i, options));
        break;
      default:
        BANACH_ASSERT(false);
    }
  }
  return out;
}

// y_i = sum_n f^(n)(z_0)/n! (w^n)_i with w = z - z_0, powers by the product table.
Jet apply_jet(const Node& n, const Jet& z, const std::vector<ProductEntry>& table, int order,
              const at::TensorOptions& options) {
  Jet w = z;
  const at::Tensor value = z[0].defined() ? z[0] : at::zeros({1, n.width}, options);
  w[0] = at::Tensor();
  bool constant = true;
  for (const auto& plane : w) constant = constant && !plane.defined();
  const double exponent = n.numbers.empty() ? 0 : n.numbers[0];
  const auto f = taylor(static_cast<Function>(n.index), exponent, value, constant ? 0 : order);
  Jet y(z.size());
  y[0] = f[0];
  Jet power = w;
  for (std::size_t k = 1; k < f.size(); ++k) {
    if (k > 1) power = jet_product(power, w, table, static_cast<int>(z.size()));
    for (std::size_t i = 1; i < z.size(); ++i) {
      if (!power[i].defined() || !f[k].defined()) continue;
      y[i] = y[i].defined() ? at::addcmul(y[i], f[k], power[i]) : f[k] * power[i];
    }
  }
  return y;
}

Jet dot_jet(const Jet& a, const Jet& b, const std::vector<ProductEntry>& table, int size) {
  Jet out(static_cast<std::size_t>(size));
  for (const auto& e : table) {
    const at::Tensor &x = a[e.left], &y = b[e.right];
    if (!x.defined() || !y.defined()) continue;
    at::Tensor product;
    const bool outer = x.dim() == 3 && x.size(1) == 1 && y.size(-2) != 1 &&
                       (y.dim() == 2 || y.size(0) == 1) && x.size(2) == y.size(-1);
    if (outer)  // [F, 1, w] . [P, w] -> [F, P, 1]
      product = at::mm(x.squeeze(1), y.reshape({-1, y.size(-1)}).t()).unsqueeze(-1);
    else
      product = (x * y).sum(-1, true);
    out[e.out] = add_scaled(out[e.out], product, e.value);
  }
  return out;
}

}  // namespace banach
