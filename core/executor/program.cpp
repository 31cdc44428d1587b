// SPDX-License-Identifier: Apache-2.0
#include "core/executor/program.hpp"

#include <torch/types.h>

#include <algorithm>

#include "banach/error.hpp"
#include "core/executor/operations.hpp"

namespace banach {

namespace {
bool zero(const std::vector<double>& row) {
  return std::all_of(row.begin(), row.end(), [](double v) { return v == 0; });
}
}  // namespace

at::Tensor row_tensor(const std::vector<double>& numbers, const at::TensorOptions& options) {
  return at::tensor(numbers, at::dtype(at::kDouble)).to(options).unsqueeze(0);
}

Program::Program(std::shared_ptr<const Trace> trace, const std::vector<Demand>& demands,
                 const Layout& layout)
    : trace_(std::move(trace)), plan_(banach::plan(*trace_, demands)) {
  const auto count = trace_->nodes().size();
  place_.assign(count, -1);
  level_.assign(count, 0);
  for (std::size_t i = 0; i < count; ++i)
    if (plan_.used(static_cast<int>(i))) compile(static_cast<int>(i), layout);
}

void Program::compile(int node, const Layout& layout) {
  const Node& n = trace_->node(node);
  Instruction out;
  out.node = node;
  out.basis = plan_.basis[node];
  rows_ |= n.rows;
  for (const int i : n.in) {
    const int after = level_[i] + (trace_->node(i).op == Op::network ? 1 : 0);
    out.level = std::max(out.level, after);
  }
  level_[node] = out.level;
  levels_ = std::max(levels_, out.level + 1);
  if (n.op == Op::apply || n.op == Op::network || n.op == Op::opaque) {
    out.closed = closure(out.basis.rows);
    out.table = product_table(out.closed, out.closed, out.closed);
    for (const auto& row : out.basis.rows) out.from_closed.push_back(coordinates(row, out.closed));
  }
  const auto value = std::vector<Polynomial>{Polynomial(1.0)};
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    std::vector<Polynomial> wanted = out.basis.rows;
    if (n.op == Op::derivative)
      for (auto& row : wanted) row = n.polynomial * row;
    if (out.closed.size()) wanted = out.closed.rows;
    if ((n.op == Op::select && k == 0) || n.op == Op::batch_mean || (n.op == Op::network && k > 0))
      wanted = value;
    out.reads.emplace_back();
    if (n.op == Op::multiply || n.op == Op::dot) continue;  // their table reads the whole input
    for (const auto& p : wanted) out.reads[k].push_back(coordinates(p, plan_.basis[n.in[k]]));
  }
  if (n.op == Op::multiply || n.op == Op::dot)
    out.table = product_table(out.basis, plan_.basis[n.in[0]], plan_.basis[n.in[1]]);
  if (n.op == Op::coefficient) {
    out.slot = layout.find("problem." + n.name);
    BANACH_ASSERT(out.slot >= 0);
  }
  fold(out);
  place_[node] = static_cast<int>(instructions_.size());
  instructions_.push_back(std::move(out));
}

at::Tensor Program::leaf_value(const Node& n, const Instruction& instruction,
                               const Run& run) const {
  // Dimensions of a tensor: [functions?, points, nodes?, width].
  const auto spread = [&](at::Tensor t) { return has_rows(node_rows) ? t.unsqueeze(-2) : t; };
  switch (n.op) {
    case Op::coordinate:
      return spread(run.set->points.narrow(-1, n.index, 1));
    case Op::data: {
      const auto place = run.set->data.find(n.name);
      if (place == run.set->data.end())
        throw ConfigError("the point set has no column \"" + n.name + "\"");
      return n.rows & node_rows ? place->second : spread(place->second);
    }
    case Op::function: {
      const auto place = run.set->functions.find(n.name);
      if (place == run.set->functions.end())
        throw ConfigError("values of the input function \"" + n.name + "\" are missing");
      return spread(place->second.unsqueeze(1));
    }
    case Op::nodes:
      return row_tensor(n.numbers, run.options).t();
    case Op::slot:
      return (*run.slots)[n.index].unsqueeze(0);
    case Op::coefficient:
      return (*run.slots)[instruction.slot].view({1, 1});
    default:
      break;
  }
  BANACH_ASSERT(false);
  return {};
}

// Every plane is a combination of partial derivatives.
Jet Program::given(const Instruction& instruction, const Run& run) const {
  const Node& n = trace_->node(instruction.node);
  const auto place = run.set->given.find(n.name);
  if (place == run.set->given.end())
    throw ConfigError("values of the input function \"" + n.name + "\" at the points are missing");
  Jet out;
  for (const auto& row : instruction.basis.rows) {
    out.emplace_back();
    for (const auto& [m, c] : row.terms()) {
      const at::Tensor value = place->second(m);
      out.back() = add_scaled(out.back(), has_rows(node_rows) ? value.unsqueeze(-2) : value, c);
    }
  }
  return out;
}

Jet Program::leaf(const Instruction& instruction, const Run& run) const {
  const Node& n = trace_->node(instruction.node);
  const Basis& basis = instruction.basis;
  if (n.op == Op::given) return given(instruction, run);
  if (n.op == Op::input) {
    Jet out;
    const Jet& in = run.inputs[n.index];
    for (int i = 0; i < basis.size(); ++i)  // functions do not depend on the coordinates
      out.push_back(n.index == 0 ? in[i] : add_scaled({}, in[0], basis.rows[i].at({})));
    return out;
  }
  Jet out(static_cast<std::size_t>(basis.size()));
  at::Tensor value;
  for (int i = 0; i < basis.size(); ++i) {
    const double c = basis.rows[i].at({});
    if (instruction.constants[i] || c == 0) continue;
    if (!value.defined()) value = leaf_value(n, instruction, run);
    out[i] = c == 1 ? value : value * c;
    if (n.op == Op::coordinate) {
      const double slope = basis.rows[i].at(Polynomial::variable(n.index).terms().begin()->first);
      if (slope != 0) out[i] = out[i] + slope;
    }
  }
  return out;
}

namespace {
bool is_leaf(Op op) { return op <= Op::coefficient; }

// Coordinates side by side in their own order are the points themselves.
bool is_all_points(const Trace& trace, const Node& n, const Program::Instruction& instruction,
                   const at::Tensor& points) {
  if (n.op != Op::concat || static_cast<std::int64_t>(n.in.size()) != points.size(-1)) return false;
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    const Node& in = trace.node(n.in[k]);
    if (in.op != Op::coordinate || in.index != static_cast<int>(k)) return false;
  }
  for (int i = 0; i < instruction.basis.size(); ++i)
    if (!instruction.constants[i] && !(instruction.basis.rows[i] == Polynomial(1.0))) return false;
  return true;
}
}  // namespace

Jet Program::execute(const Instruction& instruction, const Run& run) const {
  const Node& n = trace_->node(instruction.node);
  if (is_leaf(n.op)) return leaf(instruction, run);
  if (n.op == Op::multiply || n.op == Op::dot) {
    const Jet &a = run.jets[n.in[0]], &b = run.jets[n.in[1]];
    if (n.op == Op::dot) return dot_jet(a, b, instruction.table, instruction.basis.size());
    return jet_product(a, b, instruction.table, instruction.basis.size());
  }
  std::vector<Jet> in;
  for (std::size_t k = 0; k < n.in.size(); ++k) {
    in.emplace_back();
    for (std::size_t i = 0; i < instruction.reads[k].size(); ++i) {
      const bool known = i < instruction.constants.size() && instruction.constants[i] &&
                         !instruction.closed.size();
      in[k].push_back(known ? at::Tensor() : read(run.jets[n.in[k]], instruction.reads[k][i]));
    }
  }
  if (n.op == Op::apply) {
    const Jet y = apply_jet(n, in[0], instruction.table, instruction.closed.degree(), run.options);
    Jet out;
    for (const auto& reads : instruction.from_closed) out.push_back(read(y, reads));
    return out;
  }
  if (n.op == Op::derivative) return in[0];
  if (n.op == Op::dropout) return dropout_jet(n, in[0], run);
  if (n.op == Op::opaque) {
    const auto* architecture = static_cast<const TensorArchitecture*>(n.object);
    const auto y = opaque_jet(*architecture, n, in[0], instruction, run);
    Jet out;
    for (const auto& reads : instruction.from_closed) out.push_back(read(y, reads));
    return out;
  }
  std::vector<double> value_parts;
  for (const auto& row : instruction.basis.rows) value_parts.push_back(row.at({}));
  if (n.op == Op::batch_mean) {
    Jet out;
    at::Tensor mean = in[0][0];
    const int points = has_rows(node_rows) ? 3 : 2;  // place of their dimension from the end
    if (mean.defined() && mean.dim() >= points) mean = mean.mean(-points, true);
    for (const double part : value_parts) out.push_back(add_scaled({}, mean, part));
    return out;
  }
  return plane_operation(n, in, run.slots, value_parts, run.options);
}

void Program::run(int level, Run& run) const {
  run.jets.resize(trace_->nodes().size());
  for (const auto& instruction : instructions_) {
    const Node& n = trace_->node(instruction.node);
    if (instruction.level != level || n.op == Op::network) continue;
    Jet& jet = run.jets[instruction.node];
    if (run.set && is_all_points(*trace_, n, instruction, run.set->points)) {
      jet.assign(instruction.basis.size(), at::Tensor());
      const at::Tensor& p = run.set->points;
      for (int i = 0; i < instruction.basis.size(); ++i)
        if (!instruction.constants[i]) jet[i] = has_rows(node_rows) ? p.unsqueeze(-2) : p;
    } else {
      jet = execute(instruction, run);
    }
    for (std::size_t i = 0; i < jet.size(); ++i)
      if (instruction.constants[i])
        jet[i] =
            zero(*instruction.constants[i]) ? at::Tensor() : constant(instruction, i, run.options);
  }
}

const at::Tensor& Program::constant(const Instruction& instruction, std::size_t plane,
                                    const at::TensorOptions& options) const {
  auto& cached = instruction.cached;
  cached.resize(instruction.constants.size());
  if (!cached[plane].defined() || cached[plane].scalar_type() != options.dtype().toScalarType() ||
      cached[plane].device() != options.device())
    cached[plane] = row_tensor(*instruction.constants[plane], options);
  return cached[plane];
}

}  // namespace banach
