// SPDX-License-Identifier: Apache-2.0
// The points of every term and the numbers that come with them, drawn into tensors that live as
// long as the run.
#pragma once
#include "banach/sampler.hpp"
#include "core/training/run_plan.hpp"

namespace banach {

class BANACH_API Collocation {
 public:
  /// One choice per term of the experiment; dtype and device of the points from `options`.
  Collocation(const Experiment& experiment, const std::vector<SamplingChoice>& choices,
              std::uint64_t seed, at::TensorOptions options);

  /// One set per term: a pure function of (seed, term name, step / refresh). The tensors are the
  /// same in every call and hold the points of the latest one.
  const std::vector<PointSet>& at_step(std::int64_t step);

  /// Moves the points of regions from now on: `map` [axes, knots] float64, or undefined, holds per
  /// axis where the unit numbers 0, 1 / (knots - 1), ... go, increasing from 0 to 1.
  void set_spacing(const at::Tensor& map);
  /// Points [rows, axes] of one term.
  std::int64_t rows(std::size_t term) const { return terms_[term].rows; }
  std::int64_t total() const { return total_; }

 private:
  // Numbers beside the points: a listed column, [listed points], or random nodes, [rows * nodes].
  struct Column {
    std::string name;
    std::int64_t nodes = 0;  // 0: listed
    std::vector<double> values;
    at::Tensor host, device;
  };
  struct Placement {
    explicit Placement(Stream stream) : stream(stream) {}
    Stream stream;  // replaced at every draw
    std::string name;
    SamplingChoice choice;
    std::vector<int> free;      // axes that the sampler fills
    std::vector<double> fixed;  // values of the others, [listed points or 1, axes]
    std::int64_t listed = 0;    // points of a list
    std::int64_t rows = 1, first = 0, drawn = -1;
    bool follows = false;             // an earlier one has the same points
    std::vector<std::int64_t> order;  // of the listed points in this epoch
    std::int64_t epoch = -1, offset = 0;
    std::vector<Column> columns;
  };
  Placement place(const RecordedTerm& term, const SamplingChoice& choice) const;
  const Placement* same_points(const Experiment& experiment, std::size_t term) const;
  void list(const RecordedTerm& term, Placement& out) const;
  std::int64_t index_at(const Placement& term, std::int64_t step) const;
  void draw(Placement& term, std::int64_t index);
  void choose(Placement& term, std::int64_t step) const;
  void fill(Placement& term, Column& column, std::int64_t index) const;
  template <class T>
  void write(const Placement& term, T* out) const;

  Domain domain_;
  Origins origins_;  // what the points are relative to
  std::uint64_t seed_;
  at::TensorOptions options_;
  std::vector<SamplingChoice> choices_;
  std::vector<Placement> terms_;
  std::int64_t total_ = 0;
  double moved(std::size_t axis, double unit) const;

  std::vector<double> unit_;                  // what the sampler wrote, before the region
  std::vector<std::vector<double>> spacing_;  // per axis; empty: as sampled
  at::Tensor host_, device_;                  // [total, axes]; the same tensor on the CPU
  std::vector<PointSet> sets_;
};

}  // namespace banach
