// SPDX-License-Identifier: Apache-2.0
// Which planes hold plain numbers, known before anything runs: slopes of coordinates and what
// linear operations make of them.
#include <algorithm>

#include "core/executor/program.hpp"

namespace banach {

namespace {

// What an input plane read by these coordinates holds everywhere, if that is known.
ConstantRow read_constant(const Program::Instruction& in, int width,
                          const std::vector<Coordinate>& reads) {
  std::vector<double> sum(static_cast<std::size_t>(width), 0.0);
  for (const auto& [row, value] : reads) {
    if (!in.constants[row]) return std::nullopt;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += value * (*in.constants[row])[i];
  }
  return sum;
}

ConstantRow fold_plane(const Node& n, const std::vector<ConstantRow>& in, double value_part) {
  if (std::any_of(in.begin(), in.end(), [](const auto& c) { return !c; })) return std::nullopt;
  std::vector<double> out(static_cast<std::size_t>(n.width), 0.0);
  const auto at = [](const std::vector<double>& row, std::size_t i) {
    return row.size() == 1 ? row[0] : row[i];
  };
  switch (n.op) {
    case Op::combine:
      for (std::size_t k = 0; k < in.size(); ++k)
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += n.numbers[k] * at(*in[k], i);
      return out;
    case Op::affine:
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = (*in[0])[i] * n.numbers[i] + value_part * n.numbers[out.size() + i];
      return out;
    case Op::concat:
      out.clear();
      for (const auto& part : in) out.insert(out.end(), part->begin(), part->end());
      return out;
    case Op::columns:
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = (*in[0])[i + n.index];
      return out;
    case Op::derivative:
      return in[0];
    default:
      return std::nullopt;
  }
}

// Leaves whose value is known only when running; their slopes are numbers.
bool dynamic_leaf(Op op) {
  return op == Op::coordinate || op == Op::data || op == Op::nodes || op == Op::function ||
         op == Op::slot || op == Op::coefficient;
}

double slope(const Polynomial& p, int variable) {
  return p.at(Polynomial::variable(variable).terms().begin()->first);
}

}  // namespace

void Program::fold(Instruction& out) const {
  const Node& n = trace_->node(out.node);
  for (int i = 0; i < out.basis.size(); ++i) {
    const Polynomial& p = out.basis.rows[i];
    const double value_part = p.at({});
    if (n.op == Op::constant) {
      out.constants.push_back(
          std::vector<double>(static_cast<std::size_t>(n.width), value_part * n.numbers[0]));
    } else if (n.op == Op::shift) {
      out.constants.push_back(std::vector<double>{slope(p, n.index)});
    } else if (dynamic_leaf(n.op)) {
      std::vector<double> row(static_cast<std::size_t>(n.width), 0.0);
      if (n.op == Op::coordinate) row[0] = slope(p, n.index);
      out.constants.push_back(value_part == 0 ? ConstantRow(row) : std::nullopt);
    } else {
      std::vector<ConstantRow> in;
      for (std::size_t k = 0; k < out.reads.size() && !out.reads[k].empty() &&
                              out.reads[k].size() == static_cast<std::size_t>(out.basis.size());
           ++k)
        in.push_back(
            read_constant(instruction(n.in[k]), trace_->node(n.in[k]).width, out.reads[k][i]));
      out.constants.push_back(
          in.size() == n.in.size() && !in.empty() ? fold_plane(n, in, value_part) : std::nullopt);
    }
  }
  if (n.op != Op::network) return;
  for (const auto& reads : out.reads[0])
    out.input_constants.push_back(
        read_constant(instruction(n.in[0]), trace_->node(n.in[0]).width, reads));
}

}  // namespace banach
