// SPDX-License-Identifier: Apache-2.0
// The tensor executor: values of recorded traces on any device and dtype, differentiable by the
// parameters. Network calls that need the same derivative planes run together.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/expression/layout.hpp"
#include "core/expression/plan.hpp"

namespace banach {

/// How derivatives of the network by its coordinates are found.
struct Derivatives {
  enum Kind { exact, nested, finite_difference };
  Kind kind = exact;
  /// Of finite differences, as a part of each axis' range; 0: what balances truncation and
  /// rounding.
  double step = 0;
  Derivatives(Kind kind = exact, double step = 0) : kind(kind), step(step) {}
};
inline bool operator==(const Derivatives& a, Derivatives::Kind b) { return a.kind == b; }
inline bool operator!=(const Derivatives& a, Derivatives::Kind b) { return a.kind != b; }

/// Whether dropout and batch statistics take part (in calls of bank 0 alone).
enum class Phase { evaluation, training };

class GridArchitecture;

/// A trained function: its record and where its parameters are.
struct Network {
  std::shared_ptr<const Architecture> architecture;
  Layout layout;
  Signature signature;
  std::shared_ptr<Trace> trace;  // of forward(); input 0: points, then the functions
  int root = -1;
  std::shared_ptr<Trace> training_trace;  // as recorded for training; often the same one
  int training_root = -1;
  /// The architecture, where it maps grids: then nothing is recorded.
  const GridArchitecture* grid() const;
};

/// Records forward() for both phases, twice each, and compares; ConfigError when the architecture
/// is not pure.
BANACH_API void record(Network& network);

/// Parameters of one network: the trained one, or an earlier solution.
struct Bank {
  at::Tensor parameters;  // flat, layout.parameters()
  at::Tensor buffers;     // flat, layout.buffers()
};

/// The tensors of one bank by slot, views of its vectors.
std::vector<at::Tensor> slot_tensors(const Layout& layout, const Bank& bank);

/// Whether training normalises by statistics of the batch.
BANACH_API bool uses_batch_statistics(const Network& network);

/// An input function at the points of a set: its partial derivative of these exponents per
/// coordinate, [F, N, 1].
using GivenFunction = std::function<at::Tensor(const Monomial&)>;

/// The points of one term and the numbers that come with them.
struct PointSet {
  at::Tensor points;                            // [N, axes], or [F, N, axes]: own ones per function
  std::map<std::string, at::Tensor> data;       // [N, 1] per column, [N, Q, 1] of random nodes
  std::map<std::string, at::Tensor> functions;  // [F, sensors]
  std::map<std::string, GivenFunction> given = {};
};

class BANACH_API Evaluator {
 public:
  explicit Evaluator(std::shared_ptr<const Network> network,
                     Derivatives derivatives = Derivatives::exact, Phase phase = Phase::evaluation);
  ~Evaluator();

  /// Takes part in every evaluation from here on; returns its place in the results.
  int add(std::shared_ptr<const Trace> trace, int root);

  /// Values of all roots, [rows, width] ([functions, rows, width] where functions take part), for
  /// one point set each. Bank 0 is the trained network; autograd follows its parameters if they
  /// require a gradient.
  std::vector<at::Tensor> evaluate(const std::vector<Bank>& banks,
                                   const std::vector<PointSet>& sets);

  /// What the random masks of all later evaluations are a function of.
  void set_draw(std::uint64_t seed, std::int64_t step);
  /// Moves running statistics a tenth of the way to those of the latest evaluation: the mean over
  /// its network calls, by their numbers of points.
  void update_statistics(at::Tensor& buffers) const;

  /// Derivative planes that the largest network call carries.
  int planes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
