// SPDX-License-Identifier: Apache-2.0
// Functions of which only values are known: their partial derivatives (nested reverse mode or
// central differences) are composed with the jets of their arguments.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/types.h>

#include <cmath>
#include <set>

#include "banach/error.hpp"
#include "core/executor/operations.hpp"

namespace banach {

namespace {

Monomial lowered(Monomial m, std::size_t v) {
  --m[v];
  while (!m.empty() && m.back() == 0) m.pop_back();
  return m;
}

std::size_t first_variable(const Monomial& m) {
  std::size_t v = 0;
  while (m[v] == 0) ++v;
  return v;
}

double factorial(const Monomial& m) {
  double out = 1;
  for (const auto n : m)
    for (int k = 2; k <= n; ++k) out *= k;
  return out;
}

// Products of the arguments' jets (values taken out) for every exponent that does not vanish.
std::map<Monomial, Jet> argument_powers(const Jet& x, std::int64_t axes,
                                        const std::vector<ProductEntry>& table, int order) {
  std::map<Monomial, Jet> powers;
  std::vector<Jet> w;
  for (std::int64_t v = 0; v < axes; ++v) {
    Jet jet(x.size());
    for (std::size_t i = 1; i < x.size(); ++i)
      if (x[i].defined()) jet[i] = x[i].narrow(-1, v, 1);
    w.push_back(jet);
    powers[Polynomial::variable(static_cast<int>(v)).terms().begin()->first] = jet;
  }
  auto open = powers;
  for (int n = 2; n <= order; ++n) {
    std::map<Monomial, Jet> next;
    for (const auto& [m, jet] : open)
      for (std::size_t v = m.size() - 1; v < w.size(); ++v) {
        Jet product = jet_product(jet, w[v], table, static_cast<int>(x.size()));
        bool any = false;
        for (const auto& plane : product) any = any || plane.defined();
        if (any)
          next[m * Polynomial::variable(static_cast<int>(v)).terms().begin()->first] = product;
      }
    powers.insert(next.begin(), next.end());
    open = std::move(next);
  }
  return powers;
}

}  // namespace

Jet compose_jet(const Partials& partials, const Jet& x, const std::vector<ProductEntry>& table,
                const Basis& closed) {
  std::vector<Monomial> which{{}};
  const auto powers = argument_powers(x, x[0].size(-1), table, closed.degree());
  for (const auto& entry : powers) which.push_back(entry.first);
  const auto f = partials(x[0], which);
  Jet y(x.size());
  y[0] = f[0];
  std::size_t k = 1;
  for (const auto& [m, power] : powers) {
    for (std::size_t i = 1; i < x.size(); ++i)
      if (power[i].defined()) y[i] = add_scaled(y[i], f[k] * power[i], 1 / factorial(m));
    ++k;
  }
  return y;
}

Partials nested_partials(std::function<at::Tensor(const at::Tensor&)> f) {
  return [f](const at::Tensor& points, const std::vector<Monomial>& which) {
    const bool training = at::GradMode::is_enabled();
    at::AutoGradMode enable(true);
    const at::Tensor x = points.requires_grad() ? points : points.detach().requires_grad_(true);
    std::map<std::pair<Monomial, std::int64_t>, at::Tensor> columns;
    const at::Tensor value = f(x);
    const std::function<at::Tensor(const Monomial&, std::int64_t)> column =
        [&](const Monomial& m, std::int64_t c) -> at::Tensor {
      if (m.empty()) return value.narrow(-1, c, 1);
      if (const auto known = columns.find({m, c}); known != columns.end()) return known->second;
      const std::size_t v = first_variable(m);
      const at::Tensor inner = column(lowered(m, v), c);
      at::Tensor slope;
      if (inner.requires_grad())
        slope = torch::autograd::grad({inner.sum()}, {x}, {}, true, true, true)[0];
      if (!slope.defined()) slope = at::zeros_like(x);
      for (std::int64_t a = 0; a < x.size(-1); ++a)
        columns[{lowered(m, v) * Polynomial::variable(static_cast<int>(a)).terms().begin()->first,
                 c}] = slope.narrow(-1, a, 1);
      return columns.at({m, c});
    };
    std::vector<at::Tensor> out;
    for (const auto& m : which) {
      std::vector<at::Tensor> parts;
      for (std::int64_t c = 0; c < value.size(-1); ++c) parts.push_back(column(m, c));
      out.push_back(parts.size() == 1 ? parts[0] : at::cat(parts, -1));
      if (!training) out.back() = out.back().detach();
    }
    return out;
  };
}

namespace {

// Central differences of orders 0 to 4: offsets in steps and their weights.
const std::vector<std::pair<double, double>>& stencil(int order) {
  static const std::vector<std::vector<std::pair<double, double>>> all = {
      {{0, 1}},
      {{-1, -0.5}, {1, 0.5}},
      {{-1, 1}, {0, -2}, {1, 1}},
      {{-2, -0.5}, {-1, 1}, {1, -1}, {2, 0.5}},
      {{-2, 1}, {-1, -4}, {0, 6}, {1, -4}, {2, 1}}};
  return all[static_cast<std::size_t>(order)];
}

struct Shifted {
  std::vector<double> offset;
  double weight;
};

std::vector<Shifted> shifts(const Monomial& m, const std::vector<double>& range, double step) {
  std::vector<Shifted> out{{std::vector<double>(range.size(), 0.0), 1.0}};
  for (std::size_t v = 0; v < m.size(); ++v) {
    if (m[v] == 0) continue;
    const double h = step * range[v];
    std::vector<Shifted> next;
    for (const auto& base : out)
      for (const auto& [steps, weight] : stencil(m[v])) {
        Shifted s = base;
        s.offset[v] += steps * h;
        s.weight *= weight / std::pow(h, m[v]);
        next.push_back(s);
      }
    out = std::move(next);
  }
  return out;
}

}  // namespace

Partials difference_partials(std::function<at::Tensor(const at::Tensor&)> f,
                             std::vector<double> range, double step) {
  return [f, range, step](const at::Tensor& x, const std::vector<Monomial>& which) {
    const double epsilon = x.scalar_type() == at::kDouble ? 2.2e-16 : 1.2e-7;
    std::vector<at::Tensor> points;
    std::vector<std::vector<Shifted>> all;
    for (const auto& m : which) {
      all.push_back(shifts(m, range, step > 0 ? step : std::pow(epsilon, 1.0 / (degree(m) + 2))));
      for (const auto& s : all.back()) points.push_back(x + row_tensor(s.offset, x.options()));
    }
    const auto values = f(at::cat(points, 0)).split(x.size(0), -2);
    std::vector<at::Tensor> out;
    std::size_t next = 0;
    for (const auto& list : all) {
      at::Tensor sum;
      for (const auto& s : list) sum = add_scaled(sum, values[next++], s.weight);
      out.push_back(sum);
    }
    return out;
  };
}

Jet opaque_jet(const TensorArchitecture& architecture, const Node& node, const Jet& x,
               const Program::Instruction& instruction, const Program::Run& run) {
  std::vector<at::Tensor> weights;
  for (const double slot : node.numbers)
    weights.push_back((*run.slots)[static_cast<std::size_t>(slot)]);
  const auto f = [&](const at::Tensor& points) {
    const at::Tensor rows = points.reshape({-1, points.size(-1)});
    const at::Tensor y = architecture.evaluate(rows, weights);
    if (y.dim() != 2 || y.size(0) != rows.size(0) || y.size(1) != node.width)
      throw PluginError("a tensor architecture returned a tensor of another shape than [" +
                        std::to_string(rows.size(0)) + ", " + std::to_string(node.width) + "]");
    auto shape = points.sizes().vec();
    shape.back() = node.width;
    return y.reshape(shape);
  };
  return compose_jet(nested_partials(f), x, instruction.table, instruction.closed);
}

TensorArchitecture::~TensorArchitecture() = default;

Expression TensorArchitecture::forward(const Inputs& inputs) const {
  Trace& trace = Trace::current();
  Node n;
  n.op = Op::opaque;
  n.in = {trace.node_of(inputs.points())};
  n.rows = trace.node(n.in[0]).rows;
  n.width = outputs_;
  n.object = this;
  n.numbers.assign(slots_.begin(), slots_.end());
  return trace.add(n);
}

}  // namespace banach
