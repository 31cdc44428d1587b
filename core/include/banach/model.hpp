// SPDX-License-Identifier: Apache-2.0
// A trained solution, for C++ programs: a run directory in, numbers out. No LibTorch in sight.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "banach/problem.hpp"

namespace banach {

/// How a run is loaded.
struct LoadOptions {
  /// The best checkpoint instead of the last one.
  bool best = false;
  /// "cpu", "cuda", "cuda:1" or "auto"; empty: what the run says.
  std::string device;
  /// More folders or files with plugins, searched before those of the run.
  std::vector<std::filesystem::path> plugins;
  /// Also plugins that other users could have written, and those that the run brings along although
  /// this account has never used them; they are remembered as used then.
  bool trust_plugins = false;
};

/// The solution that a run has found. Constant after load; its const functions may be called from
/// any number of threads at the same time.
class BANACH_API Model {
 public:
  /// Loads a run directory. Throws DataError (no run, no usable checkpoint), PluginError,
  /// ConfigError.
  static Model load(const std::filesystem::path& run, const LoadOptions& options = {});
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  /// Axes of a point: the problem's coordinates, then coefficients that are inputs.
  const Domain& coordinates() const;
  const Unknowns& unknowns() const;

  /// All unknowns at points, [P, axes] row major -> [P, unknowns]; DataError when the count of
  /// numbers is no multiple of the axes.
  std::vector<double> predict(const std::vector<double>& points) const;
  /// The same for `count` points without a vector; `out` has room for count x unknowns numbers.
  void predict(const double* points, std::int64_t count, double* out) const;
  /// A derivative of all unknowns by the coordinates, "t", "xx", "xxt": [P, unknowns]. ConfigError
  /// for names that are no coordinates and orders above 4.
  std::vector<double> derivative(const std::string& by, const std::vector<double>& points) const;

  bool has_exact() const;
  /// The exact solution (or the classical reference), [P, unknowns]; ConfigError when the problem
  /// has none.
  std::vector<double> exact(const std::vector<double>& points) const;
  /// Learnable coefficients with the values that were found.
  std::vector<std::pair<std::string, double>> coefficients() const;

  /// The problem's type, "heat".
  std::string problem() const;
  /// The step of the checkpoint.
  std::int64_t step() const;
  /// What had to be said while loading: newer checkpoints that were damaged.
  const std::vector<std::string>& notices() const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace banach
