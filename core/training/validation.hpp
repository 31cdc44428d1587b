// SPDX-License-Identifier: Apache-2.0
// Measurements on fixed points: errors against the exact solution, residual norms of the terms.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/training/collocation.hpp"
#include "core/training/grid.hpp"

namespace banach {

struct UnknownError {
  std::string name;
  double mae = 0, relative_l2 = 0, max_error = 0;
};
struct TermNorm {
  std::string name;
  double rms = 0;  // of the residual; the mean density of an energy term
};
struct BANACH_API Measurement {
  std::vector<UnknownError> unknowns;  // empty without an exact solution
  std::vector<TermNorm> terms;
  double loss = 0;  // weighted sum of the terms on the fixed points: what "best" looks at
  /// The largest relative L2 error; NaN without an exact solution.
  double error() const;
};
/// {"unknowns": {"u": {"mae", "relative_l2", "max_error"}}, "terms": {"pde": {"rms"}}}; what is not
/// finite becomes null.
BANACH_API nlohmann::json to_json(const Measurement& measurement);

class BANACH_API Validation {
 public:
  /// `grid`: where errors are measured; `points`: fixed points of each term's residual.
  Validation(const Experiment& experiment, Derivatives derivatives, const Grid& grid,
             std::int64_t points, std::vector<double> weights, std::uint64_t seed,
             at::TensorOptions options);
  ~Validation();

  /// Everything at the given parameters; waits for the device.
  Measurement measure(const Bank& bank);
  /// All unknowns at points [N, axes], in chunks, [N, unknowns].
  at::Tensor predict(const Bank& bank, const at::Tensor& points);
  /// The grid of the errors, and the exact solution there in float64 (undefined without one).
  const at::Tensor& grid() const { return grid_; }
  const at::Tensor& reference() const { return reference_; }
  /// Names of the columns that measure() fills: u.mae, u.relative_l2, u.max_error, residual.pde,
  /// ...
  static std::vector<std::string> columns(const Experiment& experiment);
  static std::vector<double> values(const Measurement& measurement);

 private:
  void errors(const Bank& bank, Measurement& out);
  void norms(const Bank& bank, Measurement& out);

  const Experiment& experiment_;
  std::vector<double> weights_;
  Evaluator terms_, solution_;
  Collocation collocation_;
  at::Tensor grid_, reference_;
};

}  // namespace banach
