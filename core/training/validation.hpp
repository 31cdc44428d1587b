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
/// Errors per unknown of values [N, unknowns] against a reference, both float64.
BANACH_API std::vector<UnknownError> errors_of(const Unknowns& unknowns, const at::Tensor& values,
                                               const at::Tensor& reference);
struct TermNorm {
  std::string name;
  double rms = 0;  // of the residual; the mean density of an energy term
};
struct BANACH_API Measurement {
  std::vector<UnknownError> unknowns;  // empty without an exact solution or reference
  std::vector<TermNorm> terms, held_out;
  double loss = 0;  // weighted sum of the terms on the fixed points (observations: of those that
                    // were held out, where there are): what "best" looks at
  /// The largest relative L2 error; NaN without an exact solution.
  double error() const;
};
/// {"unknowns": {"u": {"mae", "relative_l2", "max_error"}}, "terms": {"pde": {"rms"}}, "held_out":
/// {"sensors": {"rms"}}, "validation_loss"}; what is not finite becomes null.
BANACH_API nlohmann::json to_json(const Measurement& measurement);
/// {"u": {"mae", "relative_l2", "max_error"}}.
nlohmann::json to_json(const std::vector<UnknownError>& errors);
/// Errors of the problem's classical methods on their own nodes, {"central 80": {"u": {...}}}.
BANACH_API nlohmann::json baselines_json(const Experiment& experiment);

/// Measures what is being trained.
class BANACH_API Measurer {
 public:
  virtual ~Measurer();
  /// Everything at the given parameters (banks as the experiment's); waits for the device.
  virtual Measurement measure(const std::vector<Bank>& banks) = 0;
};

class BANACH_API Validation final : public Measurer {
 public:
  /// `grid`: where errors are measured; `points`: fixed points of each term's residual.
  Validation(const Experiment& experiment, Derivatives derivatives, const Grid& grid,
             std::int64_t points, std::vector<double> weights, std::uint64_t seed,
             at::TensorOptions options);
  ~Validation() override;

  Measurement measure(const std::vector<Bank>& banks) override;
  /// All unknowns at points [N, axes] relative to the origins, in chunks, [N, unknowns].
  at::Tensor predict(const std::vector<Bank>& banks, const at::Tensor& points);
  /// The grid of the errors, relative to the origins, and the known solution there in float64
  /// (undefined without one).
  const at::Tensor& grid() const { return grid_; }
  const at::Tensor& reference() const { return reference_; }
  /// Names of the columns that measure() fills: u.mae, u.relative_l2, u.max_error, residual.pde,
  /// ...
  static std::vector<std::string> columns(const Experiment& experiment);
  /// What measure() has found, by these names.
  static std::map<std::string, double> values(const Measurement& measurement);

 private:
  void errors(const std::vector<Bank>& banks, Measurement& out);
  void norms(const std::vector<Bank>& banks, Measurement& out);

  const Experiment& experiment_;
  std::vector<double> weights_;
  Evaluator terms_, solution_;
  Collocation collocation_;
  at::Tensor grid_, reference_;
};

}  // namespace banach
