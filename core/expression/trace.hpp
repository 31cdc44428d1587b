// SPDX-License-Identifier: Apache-2.0
// The record of one residual, one exact solution or one architecture: a graph of operations in
// topological order, equal nodes stored once.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "banach/expression.hpp"
#include "core/expression/polynomial.hpp"
#include "core/kernels/function.hpp"

namespace banach {

class Coefficient;

enum class Op {
  constant,     // numbers[0], one row
  coordinate,   // variable `index` of the term's points
  shift,        // variable `index`, zero-valued: the own argument of a moved field
  data,         // per-row column `name` of the point set; `index` random numbers in [0, 1) per row
                // where it has quadrature nodes
  nodes,        // quadrature nodes: numbers, one per node
  input,        // of an architecture's trace: argument `index` (0: points, then functions)
  function,     // values of input function `name` on its sensors
  given,        // input function `name` at the points, and its derivatives
  slot,         // parameter row of slot `index`
  coefficient,  // raw value of the learnable coefficient `name`
  linear,       // x W + b: slots `index`, `second` (-1: no bias)
  affine,       // x * numbers[0..w) + numbers[w..2w); `second` 1: sums take the numbers out again
  combine,      // sum of numbers[i] * in[i]
  multiply,
  apply,  // function number `index` (Function), exponent in numbers for power
  concat,
  columns,  // [index, index + width)
  sum,      // over columns
  dot,
  select,      // in[0] > 0 ? in[1] : in[2]
  derivative,  // polynomial applied to in[0]
  network,     // the architecture with parameter bank `index`; in: points, functions...
  node_sum,    // sum over quadrature nodes with weights `numbers`
  batch_mean,  // its running value is kept in the buffer slot numbers[0], if there is one
  stop,
  opaque,  // TensorArchitecture; `object` evaluates it
  dropout  // x * mask of layer `index`, rate numbers[0]; one mask for all planes
};

/// Bits of a node's row kind.
enum Rows : unsigned { one_row = 0, point_rows = 1, node_rows = 2, function_rows = 4 };

struct Node {
  Op op = Op::constant;
  std::vector<int> in;
  int width = 1;
  unsigned rows = one_row;
  int index = 0, second = 0;
  std::string name;
  std::vector<double> numbers;
  Polynomial polynomial;
  const void* object = nullptr;
};
bool operator<(const Node& a, const Node& b);
BANACH_API bool operator==(const Node& a, const Node& b);

class BANACH_API Trace {
 public:
  /// `coordinates`: names of the term's coordinates, variables 0.. in this order; none for the
  /// trace of an architecture, which cannot differentiate.
  /// `training`: dropout and batch statistics take part. `origins`: what the stored numbers of the
  /// coordinates are relative to, in their order; none: zero.
  explicit Trace(std::vector<std::string> coordinates = {}, bool training = false,
                 std::vector<double> origins = {});
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// The trace that is being recorded on this thread; ConfigError when there is none.
  static Trace& current();
  /// Makes a trace current for the life of the object.
  class BANACH_API Scope {
   public:
    explicit Scope(Trace& trace);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Trace* previous_;
  };

  /// The node's number; an equal node is found again. Row kind and width are the caller's.
  Expression add(Node node);
  /// An expression as a node of this trace (constants become nodes).
  int node_of(E e);

  /// The coordinate itself: its stored number + its origin.
  Expression coordinate(std::string_view name);
  /// The origin of a coordinate; 0 for a name that is none.
  double origin(std::string_view name) const;
  /// Whether a coordinate has an origin other than zero: then sums keep their numbers apart, so
  /// that large ones cancel in double.
  bool has_origins() const { return has_origins_; }
  Expression coefficient(const Coefficient& c);
  /// A fresh zero-valued variable.
  int new_variable();
  Expression shift(int variable);
  /// Fresh uniform random numbers in [0, 1): `nodes` of them for every point.
  Expression random_nodes(int nodes);
  /// D(p) on any expression, with the algebra of derivatives of derivatives.
  Expression derivative(E e, const Polynomial& p);
  /// The operator that a text such as "xxt" names; `variables` gives each coordinate's symbol.
  Polynomial parse(std::string_view text, const std::vector<int>& variables) const;
  /// Symbols of the coordinates themselves.
  std::vector<int> own_variables() const;

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(int i) const { return nodes_[static_cast<std::size_t>(i)]; }
  const std::vector<std::string>& coordinates() const { return coordinates_; }
  int variables() const { return variables_; }
  bool training() const { return training_; }
  /// A fresh number for a layer of random masks.
  int new_mask() { return masks_++; }
  long serial() const { return serial_; }

 private:
  std::vector<std::string> coordinates_;
  std::vector<Node> nodes_;
  std::map<Node, int> index_;
  int variables_ = 0, masks_ = 0;
  long serial_ = 0;
  bool training_ = false;
  std::vector<double> origins_;
  bool has_origins_ = false;
};

/// sum c_i e_i with derivatives of the same base merged: c1 D(e,p) + c2 D(e,q) = D(e, c1 p + c2 q).
BANACH_API Expression combine(const std::vector<std::pair<double, Expression>>& terms);
/// x * scale + shift, one number per column, which sums and products by numbers fold in double:
/// (x + a) - b = x + (a - b).
BANACH_API Expression shifted(E x, const std::vector<double>& scale,
                              const std::vector<double>& shift);
/// (e - shift) / scale; what `shifted` was made of, where these are its numbers.
BANACH_API Expression standardised(E e, const std::vector<double>& scale,
                                   const std::vector<double>& shift);
/// A one-argument function; `exponent` for Function::power.
BANACH_API Expression apply(Function f, E x, double exponent = 0);
/// The activation of that name; ConfigError when there is none.
BANACH_API Function activation_of(const std::string& name);
/// Sum over quadrature nodes.
BANACH_API Expression node_sum(E e, const std::vector<double>& weights);

}  // namespace banach
