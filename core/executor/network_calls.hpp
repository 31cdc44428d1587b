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
  NetworkCalls(std::shared_ptr<const Network> network, Derivatives derivatives);

  /// Fills the jets of all these calls; `banks` holds every bank's slot tensors.
  void evaluate(const std::vector<NetworkCall>& calls, const std::vector<SlotTensors>& banks);

 private:
  struct Prepared {
    std::unique_ptr<Program> program;
    std::vector<std::vector<Coordinate>> input_reads;  // planes of the points from the closed span
  };
  struct Batch {
    Jet points;                                    // closed planes, [rows, axes] or [1, axes]
    std::vector<std::int64_t> rows;                // of each call
    std::vector<std::vector<std::int64_t>> leads;  // shape of each call's rows
    std::vector<at::Tensor> functions;
  };
  const Prepared& prepared(const Basis& outputs, const Basis& closed);
  Batch batch(const std::vector<NetworkCall>& calls) const;
  Jet values(const Batch& batch, const Program::Instruction& instruction, const SlotTensors& slots,
             const at::TensorOptions& options);
  Jet run(const Basis& outputs, const Basis& closed, const Jet& points,
          const std::vector<at::Tensor>& functions, const SlotTensors& slots,
          const at::TensorOptions& options);
  void scatter(const Jet& values, const Batch& batch, const std::vector<NetworkCall>& calls) const;

  std::shared_ptr<const Network> network_;
  Derivatives derivatives_;
  bool mergeable_ = true;
  std::map<Basis, Prepared> prepared_;
};

}  // namespace banach
