// SPDX-License-Identifier: Apache-2.0
// Terms and the network in them as a list of operations on blocks of numbers that stay in the
// caches: [features][planes][rows] each, for a few rows at a time.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/executor/evaluator.hpp"
#include "core/kernels/kernels.hpp"

namespace banach {

/// What the rows of a block are: the points of one place (or of all of them, joined), each with
/// `nodes` quadrature nodes; without points just one row, or just the nodes.
struct RowDomain {
  static constexpr int nobody = -1, joined = -2;
  int place = nobody, nodes = 1;
  friend bool operator==(const RowDomain& a, const RowDomain& b) {
    return a.place == b.place && a.nodes == b.nodes;
  }
};

struct Block {
  int width = 1, planes = 1;
  RowDomain rows;
  int parent = -1, from = 0;  // a view: features of another block from `from` on
  bool active = false;        // depends on what is trained
  std::vector<char> zero;     // per plane: zero by structure
};

enum class Code {
  leaf,      // planes numbers[2 i] * source + numbers[2 i + 1]
  lift,      // the same rows for more of them
  mix,       // planes from planes: `entries`
  linear,    // x W + b
  affine,    // per feature: numbers[w] * x + numbers[width + w] on the value
  add,       // numbers[0] * x
  shift,     // numbers[plane] added
  multiply,  // by a table of planes
  dot,
  apply,  // a nonlinear function
  copy,   // `width` features from `from` on to `to` on
  sum,    // of the features
  node_sum,
  select,
  join,  // the rows of all places one after another
  part   // the rows of one place
};

/// What fills a leaf.
enum class LeafSource { constant, coordinate, data, nodes, slot, coefficient, given };

/// The tables of a nonlinear function; `what` points into them.
struct JetFunctionTables {
  std::vector<std::vector<PlaneProduct>> powers;
  std::vector<const PlaneProduct*> power_data;
  std::vector<int> power_counts;
  std::vector<PlaneProduct> adjoint;
  JetFunction what;
};

struct Operation {
  Code code = Code::leaf;
  int out = -1;
  std::vector<int> in;
  std::vector<char> first;  // per active input: this operation is the first to write its adjoint
  std::vector<int> clear;   // blocks whose adjoint nobody has written when it is read here
  bool accumulate = false;  // into `out`
  LeafSource source = LeafSource::constant;
  int index = 0;                      // of the coordinate
  std::string name;                   // of the data, or of a function given at the points
  std::vector<Polynomial> operators;  // of its planes
  int bank = 0;                       // of slots
  int weight = -1, bias = -1;         // slots
  int from = 0, to = 0, width = 0;
  int member = 0;  // whose points a leaf reads
  std::vector<double> numbers;
  std::vector<PlaneProduct> entries;  // of products; of mix: `left` is read, `right` unused
  // Of products, for the adjoint of each operand: `left` is its plane, `first` of that.
  std::vector<PlaneProduct> adjoint[2];
  bool covers[2] = {false, false};  // every plane of the operand has an entry
  std::shared_ptr<const JetFunctionTables> function;
};

/// One residual of a tape.
struct TapeMember {
  int term = 0;   // number of the term in the executor
  int root = -1;  // block of the residual, [columns][1][points]
  int columns = 1;
  int place = 0;  // whose rows it has
};

/// Thrown while terms become tapes: what is beyond these operations.
struct BeyondTape {
  std::string reason;
};

struct Tape {
  std::vector<Block> blocks;
  std::vector<Operation> operations;
  std::vector<TapeMember> members;
  std::vector<int> places;  // per place: a member whose points they are
  bool has_nodes = false;
  int planes = 1;  // of the network
};

/// A residual as it was recorded.
struct TapeTerm {
  std::shared_ptr<const Trace> trace;
  int root;
  int points = -1;        // terms with equal numbers >= 0 have the same points
  std::int64_t rows = 0;  // of points, where known
};

/// Tapes for all terms; terms whose only network call needs the same planes share one, and those
/// at the same points the call. `rowwise`:
/// what depends on parameters has rows of its own for every point, as Jacobians need it.
/// Returns nothing and a reason where something is beyond these operations.
std::optional<std::deque<Tape>> compile_tapes(const Network& network, Derivatives derivatives,
                                              const std::vector<TapeTerm>& terms, bool rowwise,
                                              std::string& reason);

}  // namespace banach
