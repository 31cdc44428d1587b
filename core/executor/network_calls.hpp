// SPDX-License-Identifier: Apache-2.0
// Calls of the architecture: those that need the same planes of the same parameters run as one.
#pragma once
#include <map>
#include <vector>

#include "core/executor/program.hpp"

namespace banach {

/// One network node of one trace that waits for its values.
struct NetworkCall {
  const Program* program;
  const Program::Instruction* instruction;
  Program::Run* run;
};

class NetworkCalls {
 public:
  NetworkCalls(std::shared_ptr<const Network> network, Derivatives derivatives, Phase phase);

  /// A new evaluation: its calls are counted anew.
  void begin();
  void set_draw(std::uint64_t seed, std::int64_t step) { seed_ = seed, step_ = step; }
  /// Fills the jets of all these calls; `banks` holds every bank's slot tensors.
  void evaluate(const std::vector<NetworkCall>& calls, const std::vector<SlotTensors>& banks);

  /// Batch statistics of every call since begin(), by slot: value and number of points.
  using Statistics = std::map<int, std::vector<std::pair<at::Tensor, std::int64_t>>>;
  const Statistics& statistics() const { return statistics_; }

 private:
  struct Prepared {
    std::unique_ptr<Program> program;
    std::vector<std::vector<Coordinate>> input_reads;  // planes of the points from the closed span
  };
  struct Form {  // of the network, for one phase
    std::shared_ptr<const Trace> trace;
    int root = -1;
    bool mergeable = true;
    std::map<Basis, Prepared> prepared;
  };
  struct Batch {
    Jet points;                                    // closed planes, [rows, axes] or [1, axes]
    std::vector<std::int64_t> rows;                // of each call
    std::vector<std::vector<std::int64_t>> leads;  // shape of each call's rows
    std::vector<at::Tensor> functions;
    bool own_points = false;  // every function has points of its own
  };
  Form form(std::shared_ptr<const Trace> trace, int root) const;
  const Prepared& prepared(const Basis& outputs, const Basis& closed);
  void collect(const Program& program, const Program::Run& run);
  Batch batch(const std::vector<NetworkCall>& calls) const;
  Jet values(const Batch& batch, const Program::Instruction& instruction, const SlotTensors& slots,
             const at::TensorOptions& options);
  Jet run(const Basis& outputs, const Basis& closed, const Jet& points,
          const std::vector<at::Tensor>& functions, const SlotTensors& slots,
          const at::TensorOptions& options);
  void scatter(const Jet& values, const Batch& batch, const std::vector<NetworkCall>& calls) const;

  std::shared_ptr<const Network> network_;
  Derivatives derivatives_;
  Form trained_, frozen_;  // of calls of bank 0 and of all others
  Form* now_ = &trained_;  // of the group that is being evaluated
  std::uint64_t seed_ = 0, mask_key_ = 0;
  std::int64_t step_ = 0;
  std::uint64_t calls_ = 0;
  Statistics statistics_;
};

}  // namespace banach
