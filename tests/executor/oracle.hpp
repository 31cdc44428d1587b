// SPDX-License-Identifier: Apache-2.0
// The nested oracle: evaluates a trace by values only and every derivative by nested reverse mode.
// It shares nothing with jets, planes, product tables or merged calls.
#pragma once
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "banach/tensor_architecture.hpp"
#include "core/executor/evaluator.hpp"

namespace banach {

/// Every tensor is [functions, points, nodes, width]; dimensions that do not take part have size 1.
class Oracle {
 public:
  Oracle(const Network& network, const std::vector<Bank>& banks, const PointSet& set)
      : network_(network), banks_(banks), set_(set) {}

  /// Values of a node of a term's trace.
  at::Tensor operator()(const Trace& trace, int root) const {
    Frame frame{&trace, nullptr, 0, false, std::make_shared<Leaves>(), nullptr, {}};
    return value(frame, root);
  }

 private:
  using Leaves = std::map<int, at::Tensor>;
  struct Frame {  // one trace, evaluated at one choice of leaf tensors
    const Trace* trace;
    const Node* call;  // the network node that this architecture's trace answers
    int bank;
    bool stopped;  // parameters are detached
    std::shared_ptr<Leaves> leaves;
    std::shared_ptr<Frame> caller;
    std::map<int, at::Tensor> known;
  };

  static std::shared_ptr<Frame> variant(const Frame& f, const std::shared_ptr<Leaves>& leaves,
                                        bool stopped) {
    return std::make_shared<Frame>(Frame{f.trace,
                                         f.call,
                                         f.bank,
                                         f.stopped || stopped,
                                         leaves,
                                         f.caller ? variant(*f.caller, leaves, stopped) : nullptr,
                                         {}});
  }

  at::Tensor leaf(const Frame& f, int variable) const {
    at::Tensor& x = (*f.leaves)[variable];
    if (x.defined()) return x.view({1, -1, 1, 1});
    x = variable < set_.points.size(1) ? set_.points.narrow(1, variable, 1).clone()
                                       : at::zeros({set_.points.size(0), 1}, set_.points.options());
    x.requires_grad_(true);
    return x.view({1, -1, 1, 1});
  }

  at::Tensor slot(const Frame& f, int number) const {
    const Slot& s = network_.layout.slots()[static_cast<std::size_t>(number)];
    const Bank& bank = banks_[static_cast<std::size_t>(f.bank)];
    const at::Tensor& flat = s.trainable ? bank.parameters : bank.buffers;
    const at::Tensor out = flat.narrow(0, s.offset, s.size).view(s.shape);
    return f.stopped ? out.detach() : out;
  }

  at::Tensor numbers(const std::vector<double>& list, std::vector<std::int64_t> shape) const {
    return at::tensor(list, at::kDouble).to(set_.points.options()).view(shape);
  }

  // Of one column at one function and one node: [1, points, 1, 1].
  at::Tensor slope(const Frame& f, const at::Tensor& e, int variable) const {
    leaf(f, variable);
    const at::Tensor x = f.leaves->at(variable);
    at::Tensor g;
    if (e.requires_grad()) g = torch::autograd::grad({e.sum()}, {x}, {}, true, true, true)[0];
    return (g.defined() ? g : at::zeros_like(x)).view({1, -1, 1, 1});
  }

  at::Tensor derivative(const Frame& f, const Node& n, const at::Tensor& e) const {
    for (const int dimension : {0, 2, 3}) {
      if (e.size(dimension) == 1) continue;
      std::vector<at::Tensor> parts;
      for (const auto& part : e.split(1, dimension)) parts.push_back(derivative(f, n, part));
      return at::cat(parts, dimension);
    }
    std::map<Monomial, at::Tensor> known{{{}, e}};
    const std::function<at::Tensor(const Monomial&)> at = [&](const Monomial& m) -> at::Tensor {
      if (const auto place = known.find(m); place != known.end()) return place->second;
      Monomial lower = m;  // the last exponent is never zero
      --lower.back();
      while (!lower.empty() && lower.back() == 0) lower.pop_back();
      return known[m] = slope(f, at(lower), static_cast<int>(m.size()) - 1);
    };
    at::Tensor sum;
    for (const auto& [m, c] : n.polynomial.terms())
      sum = sum.defined() ? sum + c * at(m) : c * at(m);
    return sum;
  }

  static at::Tensor function(const Node& n, const at::Tensor& z) {
    switch (static_cast<Function>(n.index)) {
      case Function::sin:
        return at::sin(z);
      case Function::cos:
        return at::cos(z);
      case Function::exp:
        return at::exp(z);
      case Function::log:
        return at::log(z);
      case Function::sqrt:
        return at::sqrt(z);
      case Function::tanh:
        return at::tanh(z);
      case Function::sigmoid:
        return 1 / (1 + at::exp(-z));
      case Function::softplus:
        return at::log(1 + at::exp(z));
      case Function::gelu:
        return z * 0.5 * (1 + at::erf(z / std::sqrt(2.0)));
      case Function::silu:
        return z / (1 + at::exp(-z));
      case Function::relu:
        return z * (z > 0).to(z.scalar_type());
      case Function::reciprocal:
        return 1 / z;
      case Function::power:
        return at::pow(z, n.numbers[0]);
    }
    return {};
  }

  at::Tensor opaque(const Frame& f, const Node& n, const at::Tensor& x) const {
    std::vector<at::Tensor> weights;
    for (const double s : n.numbers) weights.push_back(slot(f, static_cast<int>(s)));
    auto shape = x.sizes().vec();
    shape.back() = n.width;
    const auto* architecture = static_cast<const TensorArchitecture*>(n.object);
    return architecture->evaluate(x.reshape({-1, x.size(3)}), weights).view(shape);
  }

  at::Tensor value(Frame& f, int i) const {
    if (const auto place = f.known.find(i); place != f.known.end()) return place->second;
    return f.known[i] = compute(f, f.trace->node(i));
  }

  at::Tensor network(const Frame& f, const Node& n) const {
    Frame inner{network_.trace.get(),       &n, n.index, f.stopped, f.leaves,
                std::make_shared<Frame>(f), {}};
    return value(inner, network_.root);
  }

  at::Tensor leaf_value(Frame& f, const Node& n) const {
    switch (n.op) {
      case Op::constant:
        return at::full({1, 1, 1, n.width}, n.numbers[0], set_.points.options());
      case Op::coordinate:
      case Op::shift:
        return leaf(f, n.index);
      case Op::data:
        return set_.data.at(n.name).view({1, -1, 1, 1});
      case Op::nodes:
        return numbers(n.numbers, {1, 1, -1, 1});
      case Op::input:
        return value(*f.caller, f.call->in[static_cast<std::size_t>(n.index)]);
      case Op::function:
        return set_.functions.at(n.name).view({-1, 1, 1, n.width});
      case Op::slot:
        return slot(f, n.index).view({1, 1, 1, n.width});
      default:
        return slot(f, network_.layout.find("problem." + n.name)).view({1, 1, 1, 1});
    }
  }

  static at::Tensor concatenated(const std::vector<at::Tensor>& in) {
    std::vector<at::Tensor> leads, parts;
    for (const auto& t : in) leads.push_back(t.select(3, 0));
    const auto shape = at::broadcast_tensors(leads)[0].sizes().vec();
    for (const auto& t : in) parts.push_back(t.expand({shape[0], shape[1], shape[2], t.size(3)}));
    return at::cat(parts, 3);
  }

  static at::Tensor combined(const Node& n, const std::vector<at::Tensor>& in) {
    at::Tensor sum = n.numbers[0] * in[0];
    for (std::size_t k = 1; k < in.size(); ++k) sum = sum + n.numbers[k] * in[k];
    return sum;
  }

  at::Tensor compute(Frame& f, const Node& n) const {
    if (n.op <= Op::coefficient) return leaf_value(f, n);
    if (n.op == Op::network) return network(f, n);
    if (n.op == Op::stop) return value(*variant(f, f.leaves, true), n.in[0]);
    // Statistics are numbers to the coordinates: they are found at leaves of their own.
    if (n.op == Op::batch_mean)
      return value(*variant(f, std::make_shared<Leaves>(), false), n.in[0]).mean(1, true);
    std::vector<at::Tensor> in;
    for (const int k : n.in) in.push_back(value(f, k));
    const auto w = static_cast<std::ptrdiff_t>(n.width);
    switch (n.op) {
      case Op::linear: {
        const at::Tensor y = at::matmul(in[0], slot(f, n.index));
        return n.second < 0 ? y : y + slot(f, n.second);
      }
      case Op::affine:
        return in[0] * numbers({n.numbers.begin(), n.numbers.begin() + w}, {1, 1, 1, -1}) +
               numbers({n.numbers.begin() + w, n.numbers.end()}, {1, 1, 1, -1});
      case Op::combine:
        return combined(n, in);
      case Op::multiply:
        return in[0] * in[1];
      case Op::apply:
        return function(n, in[0]);
      case Op::concat:
        return concatenated(in);
      case Op::columns:
        return in[0].narrow(3, n.index, n.width);
      case Op::sum:
        return in[0].sum(3, true);
      case Op::dot:
        return (in[0] * in[1]).sum(3, true);
      case Op::select:
        return at::where(in[0] > 0, in[1], in[2]);
      case Op::derivative:
        return derivative(f, n, in[0]);
      case Op::node_sum:
        return (in[0] * numbers(n.numbers, {1, 1, -1, 1})).sum(2, true);
      default:
        return opaque(f, n, in[0]);
    }
  }

  const Network& network_;
  const std::vector<Bank>& banks_;
  const PointSet& set_;
};

}  // namespace banach
