// SPDX-License-Identifier: Apache-2.0
// The fused executor in one precision.
#pragma once
#include <ATen/Parallel.h>

#include "core/executor/parallel.hpp"
#include "core/fused/chunks.hpp"
#include "core/fused/fused_executor.hpp"

namespace banach {

template <class T>
class Fused final : public FusedExecutor {
 public:
  Fused(std::shared_ptr<const Network> network, std::vector<TapeTerm> terms, std::deque<Tape> tapes)
      : network_(std::move(network)), terms_(std::move(terms)), tapes_(std::move(tapes)) {}

  void set_points(const std::vector<PointSet>& sets) override;
  void losses(const std::vector<Bank>& banks, const std::vector<FusedTarget>& targets,
              double* losses, at::Tensor* gradient) override;
  at::Tensor residuals(const std::vector<Bank>& banks, const std::vector<double>& factors) override;
  at::Tensor jacobian(const std::vector<Bank>& banks, const std::vector<double>& factors) override;
  int planes() const override;

 private:
  struct Place {                                                       // of one thread
    std::vector<std::vector<std::unique_ptr<TapeRunner<T>>>> runners;  // [tape][layout]
    AlignedNumbers<T> rows;                                            // of a Jacobian
    std::int64_t rows_size = 0;
  };
  struct Work {
    const std::deque<Tape>* tapes = nullptr;
    ChunkPlan plan;
    std::vector<std::vector<LeafNumbers<T>>> leaves;  // [tape][operation]
    std::vector<at::Tensor> given;                    // functions at the points
    std::vector<BankNumbers<T>> banks;
    std::vector<std::vector<double>> sums;  // [chunk][member]
    std::vector<Place> places;
    AlignedNumbers<T> partials;  // gradients of some chunks each
    std::int64_t partials_size = 0;
    std::int64_t size() const { return static_cast<std::int64_t>(plan.chunks.size()); }
    void need_partials(std::int64_t count, std::int64_t parameters);
  };

  std::vector<int> same_points() const;
  void compile();
  Work& prepared(Work& work, const std::deque<Tape>& tapes);
  void begin(Work& work, const std::vector<Bank>& banks);
  LeafNumbers<T> leaf_numbers(const Tape& tape, const Operation& operation) const;
  at::Tensor given(const Tape& tape, const Operation& operation) const;
  Place& place(Work& work) const {
    return work.places[static_cast<std::size_t>(at::get_thread_num())];
  }
  void make_runners(Work& work, Place& place) const;
  TapeRunner<T>& forward(Work& work, std::int64_t c);
  void measure(Work& work, std::int64_t c, const std::vector<FusedTarget>& targets, T* gradient,
               bool overwrite);
  void add_partials(Work& work, std::int64_t parts, T* gradient) const;
  void collect(const Work& work, double* losses) const;
  void jacobian_of(Work& work, std::int64_t c, const std::vector<double>& factors, at::Tensor& out);
  void scatter(const T* from, std::int64_t joined, const TapeMember& member, const RowRange& range,
               int column, at::Tensor& out) const;
  std::int64_t total_rows() const;
  static const RowRange& range_of(const Chunk& chunk, const TapeMember& member) {
    return chunk.ranges[static_cast<std::size_t>(member.place)];
  }
  template <class F>  // a reference to f is a small object: no memory from the heap
  static void for_each(std::int64_t count, const F& f) {
    parallel_each(count, [&](std::int64_t i) { f(i); });
  }

  std::shared_ptr<const Network> network_;
  std::vector<TapeTerm> terms_;
  std::deque<Tape> tapes_, rowwise_tapes_;
  std::vector<PointSet> sets_;
  std::vector<std::int64_t> points_, offsets_;
  std::vector<int> shared_;  // per term: the first one with the very same points
  Work work_, rowwise_;
};

}  // namespace banach
