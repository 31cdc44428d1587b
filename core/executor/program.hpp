// SPDX-License-Identifier: Apache-2.0
// One trace compiled for tensors: what to read, which product table to use and which planes are
// plain numbers is settled once; running it is a loop over instructions.
#pragma once
#include <map>
#include <optional>

#include "core/executor/evaluator.hpp"
#include "core/executor/jet.hpp"

namespace banach {

/// Tensors of one parameter bank, by slot.
using SlotTensors = std::vector<at::Tensor>;

/// A plane that holds the same row everywhere, known when compiling.
using ConstantRow = std::optional<std::vector<double>>;

class Program {
 public:
  struct Instruction {
    int node = -1;
    int level = 0;  // network calls on the way from the leaves
    Basis basis;
    std::vector<std::vector<std::vector<Coordinate>>> reads;  // [input][plane]
    std::vector<ProductEntry> table;
    Basis closed;                                      // of an apply node
    std::vector<std::vector<Coordinate>> from_closed;  // own planes from closed ones
    std::vector<ConstantRow> constants;                // per plane
    std::vector<ConstantRow> input_constants;          // of a network call, per closed plane
    int slot = -1;                                     // of a coefficient
    mutable std::vector<at::Tensor> cached;            // the constants as tensors
  };

  /// What one run works on.
  struct Run {
    const PointSet* set = nullptr;
    const SlotTensors* slots = nullptr;
    std::vector<Jet> inputs;  // of an architecture's trace, planes as input_basis(i)
    at::TensorOptions options;
    std::uint64_t mask_key = 0;  // of the random masks
    std::vector<Jet> jets;       // per node, filled by run()
  };

  /// `layout` gives the slots of learnable coefficients.
  Program(std::shared_ptr<const Trace> trace, const std::vector<Demand>& demands,
          const Layout& layout);

  /// Runs the instructions of one level, network calls left out.
  void run(int level, Run& run) const;
  const Trace& trace() const { return *trace_; }
  int levels() const { return levels_; }
  const std::vector<Instruction>& instructions() const { return instructions_; }
  const Instruction& instruction(int node) const { return instructions_[place_[node]]; }
  bool used(int node) const { return place_[node] >= 0; }
  const Plan& plan() const { return plan_; }
  /// Whether quadrature nodes or functions take part anywhere: adds a dimension to every tensor.
  bool has_rows(unsigned kind) const { return rows_ & kind; }

 private:
  void compile(int node, const Layout& layout);
  void fold(Instruction& instruction) const;
  Jet execute(const Instruction& instruction, const Run& run) const;
  Jet leaf(const Instruction& instruction, const Run& run) const;
  Jet given(const Instruction& instruction, const Run& run) const;
  const at::Tensor& constant(const Instruction& instruction, std::size_t plane,
                             const at::TensorOptions& options) const;
  at::Tensor leaf_value(const Node& node, const Instruction& instruction, const Run& run) const;

  std::shared_ptr<const Trace> trace_;
  Plan plan_;
  std::vector<Instruction> instructions_;
  std::vector<int> place_;
  std::vector<int> level_;
  int levels_ = 1;
  unsigned rows_ = 0;
};

}  // namespace banach
