// SPDX-License-Identifier: Apache-2.0
#include "core/fused/fused_executor.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "banach/error.hpp"
#include "core/fused/chunks.hpp"

namespace banach {

namespace {

constexpr std::int64_t most_lanes = 8;

template <class T>
class Fused final : public FusedExecutor {
 public:
  Fused(std::shared_ptr<const Network> network, std::vector<TapeTerm> terms, std::deque<Tape> tapes)
      : network_(std::move(network)), terms_(std::move(terms)), tapes_(std::move(tapes)) {}

  void set_points(const std::vector<PointSet>& sets) override {
    sets_ = sets;
    std::vector<std::int64_t> points;
    for (const auto& set : sets_) points.push_back(set.points.size(0));
    if (points == points_ && same_points() == shared_) return;
    points_ = std::move(points);
    if (same_points() != shared_) compile();
    work_ = Work();
    rowwise_ = Work();
  }

  void losses(const std::vector<Bank>& banks, const std::vector<FusedTarget>& targets,
              double* losses, at::Tensor* gradient) override {
    Work& work = prepared(work_, tapes_);
    begin(work, banks);
    const auto parameters = network_->layout.parameters();
    const auto lanes = std::min<std::int64_t>(most_lanes, work.size());
    if (gradient) {
      if (!gradient->defined()) *gradient = at::empty({parameters}, banks[0].parameters.options());
      work.need_lanes(lanes, parameters);
    }
    const auto run_lane = [&](std::int64_t lane) {
      T* sum = nullptr;
      if (gradient) {
        sum = lane == 0 ? gradient->template data_ptr<T>()
                        : work.lanes.data() + (lane - 1) * parameters;
        std::fill(sum, sum + parameters, T(0));
      }
      for (std::int64_t c = lane; c < work.size(); c += lanes) measure(work, c, targets, sum);
    };
    for_each(lanes, run_lane);
    for (std::int64_t lane = 1; gradient && lane < lanes; ++lane)
      kernels<T>().scale(parameters, T(1), work.lanes.data() + (lane - 1) * parameters,
                         gradient->template data_ptr<T>(), true);
    collect(work, losses);
  }

  at::Tensor residuals(const std::vector<Bank>& banks,
                       const std::vector<double>& factors) override {
    Work& work = prepared(work_, tapes_);
    begin(work, banks);
    at::Tensor out = at::empty({total_rows()}, banks[0].parameters.options().requires_grad(false));
    T* to = out.template data_ptr<T>();
    for_each(work.size(), [&](std::int64_t c) {
      TapeRunner<T>& runner = forward(work, c);
      const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
      const auto& members = tapes_[chunk.tape].members;
      for (std::size_t m = 0; m < members.size(); ++m) {
        const auto columns = members[m].columns;
        const auto term = static_cast<std::size_t>(members[m].term);
        T* place = to + offsets_[term] + range_of(chunk, members[m]).first * columns;
        for (std::int64_t r = 0; r < range_of(chunk, members[m]).count; ++r)
          for (int k = 0; k < columns; ++k)
            place[r * columns + k] =
                static_cast<T>(factors[term]) * runner.values(m)[k * runner.rows(m) + r];
      }
    });
    return out;
  }

  at::Tensor jacobian(const std::vector<Bank>& banks, const std::vector<double>& factors) override {
    std::string reason;
    if (rowwise_tapes_.empty())
      rowwise_tapes_ = *compile_tapes(*network_, Derivatives::exact, terms_, true, reason);
    Work& work = prepared(rowwise_, rowwise_tapes_);
    begin(work, banks);
    const auto options = banks[0].parameters.options().requires_grad(false);
    const std::int64_t rows = total_rows();
    at::Tensor out = at::zeros({network_->layout.parameters(), rows}, options);
    for_each(work.size(), [&](std::int64_t c) { jacobian_of(work, c, factors, out); });
    return out.t();
  }

  int planes() const override {
    int out = 1;
    for (const auto& tape : tapes_) out = std::max(out, tape.planes);
    return out;
  }

 private:
  struct Place {
    std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<TapeRunner<T>>> runners;
    AlignedNumbers<T> rows;  // of a Jacobian
    std::int64_t rows_size = 0;
  };
  struct Work {
    const std::deque<Tape>* tapes = nullptr;
    ChunkPlan plan;
    std::vector<std::vector<LeafNumbers<T>>> leaves;  // [tape][operation]
    std::vector<BankNumbers<T>> banks;
    std::vector<std::vector<double>> sums;  // [chunk][member]
    std::vector<Place> places;              // per thread
    AlignedNumbers<T> lanes;
    std::int64_t lanes_size = 0;
    std::int64_t size() const { return static_cast<std::int64_t>(plan.chunks.size()); }
    void need_lanes(std::int64_t count, std::int64_t parameters) {
      if (lanes_size >= (count - 1) * parameters) return;
      lanes_size = (count - 1) * parameters;
      lanes = AlignedNumbers<T>(static_cast<std::size_t>(lanes_size));
    }
  };

  // Per term: the first one whose points are the very same numbers.
  std::vector<int> same_points() const {
    std::vector<int> out;
    for (std::size_t i = 0; i < sets_.size(); ++i) {
      const at::Tensor& p = sets_[i].points;
      std::size_t k = 0;
      while (sets_[k].points.data_ptr() != p.data_ptr() || sets_[k].points.sizes() != p.sizes())
        ++k;
      out.push_back(static_cast<int>(k));
    }
    return out;
  }

  void compile() {
    shared_ = same_points();
    for (std::size_t i = 0; i < terms_.size(); ++i) terms_[i].points = shared_[i];
    std::string reason;
    tapes_ = *compile_tapes(*network_, Derivatives::exact, terms_, false, reason);
    rowwise_tapes_.clear();
  }

  Work& prepared(Work& work, const std::deque<Tape>& tapes) {
    if (work.tapes != &tapes) {
      work = Work();
      work.tapes = &tapes;
      work.plan = plan_chunks(tapes, points_, sizeof(T), kernels<T>().lanes);
      for (const auto& tape : tapes) work.leaves.emplace_back(tape.operations.size());
      for (const auto& chunk : work.plan.chunks)
        work.sums.emplace_back(tapes[chunk.tape].members.size());
      offsets_.clear();
      std::int64_t offset = 0;
      for (std::size_t i = 0; i < terms_.size(); ++i) {
        offsets_.push_back(offset);
        offset += points_[i] * terms_[i].trace->node(terms_[i].root).width;
      }
    }
    work.places.resize(
        std::max<std::size_t>(work.places.size(), static_cast<std::size_t>(at::get_num_threads())));
    return work;
  }

  void begin(Work& work, const std::vector<Bank>& banks) {
    work.banks.clear();
    for (const auto& bank : banks)
      work.banks.push_back({bank.parameters.template data_ptr<T>(),
                            bank.buffers.numel() ? bank.buffers.template data_ptr<T>() : nullptr});
    for (std::size_t t = 0; t < work.tapes->size(); ++t) {
      const Tape& tape = (*work.tapes)[t];
      for (std::size_t i = 0; i < tape.operations.size(); ++i) {
        const Operation& operation = tape.operations[i];
        if (operation.code != Code::leaf) continue;
        if (operation.source == LeafSource::coordinate || operation.source == LeafSource::data)
          work.leaves[t][i] = leaf_numbers(tape, operation);
      }
    }
  }

  LeafNumbers<T> leaf_numbers(const Tape& tape, const Operation& operation) const {
    const auto term = tape.members[static_cast<std::size_t>(operation.member)].term;
    const PointSet& set = sets_[static_cast<std::size_t>(term)];
    if (operation.source == LeafSource::coordinate)
      return {set.points.template data_ptr<T>() + operation.index, set.points.stride(0)};
    const auto place = set.data.find(operation.name);
    if (place == set.data.end())
      throw ConfigError("the point set has no column \"" + operation.name + "\"");
    BANACH_ASSERT(place->second.is_contiguous());
    return {place->second.template data_ptr<T>(), place->second.stride(0)};
  }

  template <class F>
  void for_each(std::int64_t count, const F& f) const {
    if (count == 1 || at::get_num_threads() == 1) {
      for (std::int64_t i = 0; i < count; ++i) f(i);
      return;
    }
    at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) f(i);
    });
  }

  TapeRunner<T>& forward(Work& work, std::int64_t c) {
    const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
    Place& place = work.places[static_cast<std::size_t>(at::get_thread_num())];
    auto& runner = place.runners[{chunk.tape, chunk.layout}];
    if (!runner)
      runner = std::make_unique<TapeRunner<T>>((*work.tapes)[chunk.tape], network_->layout,
                                               work.plan.layouts[chunk.tape][chunk.layout], true);
    runner->forward(work.banks, work.leaves[chunk.tape], chunk.ranges);
    return *runner;
  }

  void measure(Work& work, std::int64_t c, const std::vector<FusedTarget>& targets, T* gradient) {
    TapeRunner<T>& runner = forward(work, c);
    const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
    const auto& members = tapes_[chunk.tape].members;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const auto term = static_cast<std::size_t>(members[m].term);
      const FusedTarget& target = targets[term];
      const std::int64_t count = range_of(chunk, members[m]).count, rows = runner.rows(m);
      const T factor = static_cast<T>((target.squares ? 2 : 1) * target.weight /
                                      static_cast<double>(points_[term]));
      double sum = 0;
      for (int k = 0; k < members[m].columns; ++k) {
        const T* x = runner.values(m) + k * rows;
        for (std::int64_t r = 0; r < count; ++r) {
          const double v = static_cast<double>(x[r]);
          sum += target.squares ? v * v : v;
        }
        if (!gradient || !runner.active(m)) continue;
        T* seed = runner.seeds(m) + k * rows;
        for (std::int64_t r = 0; r < count; ++r) seed[r] = target.squares ? factor * x[r] : factor;
        std::fill(seed + count, seed + rows, T(0));
      }
      work.sums[static_cast<std::size_t>(c)][m] = sum;
    }
    if (gradient) runner.backward(gradient);
  }

  void collect(const Work& work, double* losses) const {
    std::fill(losses, losses + terms_.size(), 0.0);
    for (std::size_t c = 0; c < work.plan.chunks.size(); ++c) {
      const auto& members = tapes_[work.plan.chunks[c].tape].members;
      for (std::size_t m = 0; m < members.size(); ++m) losses[members[m].term] += work.sums[c][m];
    }
    for (std::size_t i = 0; i < terms_.size(); ++i) losses[i] /= static_cast<double>(points_[i]);
  }

  static const RowRange& range_of(const Chunk& chunk, const TapeMember& member) {
    return chunk.ranges[static_cast<std::size_t>(member.place)];
  }

  // One backward pass for every column that the members of a place have together.
  void jacobian_of(Work& work, std::int64_t c, const std::vector<double>& factors,
                   at::Tensor& out) {
    TapeRunner<T>& runner = forward(work, c);
    const Chunk& chunk = work.plan.chunks[static_cast<std::size_t>(c)];
    const auto& members = (*work.tapes)[chunk.tape].members;
    const auto parameters = network_->layout.parameters(), joined = runner.joined_rows();
    Place& place = work.places[static_cast<std::size_t>(at::get_thread_num())];
    if (place.rows_size < parameters * joined) {
      place.rows_size = parameters * joined;
      place.rows = AlignedNumbers<T>(static_cast<std::size_t>(place.rows_size));
    }
    std::vector<int> before(members.size(), 0), columns(chunk.ranges.size(), 0);
    for (std::size_t m = 0; m < members.size(); ++m) {
      int& sum = columns[static_cast<std::size_t>(members[m].place)];
      before[m] = sum;
      sum += members[m].columns;
    }
    const int passes = *std::max_element(columns.begin(), columns.end());
    for (int pass = 0; pass < passes; ++pass) {
      std::fill(place.rows.data(), place.rows.data() + parameters * joined, T(0));
      for (std::size_t m = 0; m < members.size(); ++m) {
        if (!runner.active(m)) continue;
        const auto rows = runner.rows(m);
        T* seed = runner.seeds(m);
        std::fill(seed, seed + members[m].columns * rows, T(0));
        const int k = pass - before[m];
        if (k >= 0 && k < members[m].columns)
          std::fill(seed + k * rows, seed + k * rows + range_of(chunk, members[m]).count,
                    static_cast<T>(factors[static_cast<std::size_t>(members[m].term)]));
      }
      runner.backward_rows(place.rows.data());
      for (std::size_t m = 0; m < members.size(); ++m) {
        const int k = pass - before[m];
        if (k < 0 || k >= members[m].columns) continue;
        const auto start = runner.start(static_cast<std::size_t>(members[m].place));
        scatter(place.rows.data() + start, joined, members[m], range_of(chunk, members[m]), k, out);
      }
    }
  }

  void scatter(const T* from, std::int64_t joined, const TapeMember& member, const RowRange& range,
               int column, at::Tensor& out) const {
    const std::int64_t rows = out.size(1), step = member.columns;
    T* to = out.template data_ptr<T>() + offsets_[static_cast<std::size_t>(member.term)] +
            range.first * step + column;
    for (std::int64_t p = 0; p < out.size(0); ++p, from += joined, to += rows)
      for (std::int64_t r = 0; r < range.count; ++r) to[r * step] = from[r];
  }

  std::int64_t total_rows() const {
    return offsets_.empty()
               ? 0
               : offsets_.back() +
                     points_.back() * terms_.back().trace->node(terms_.back().root).width;
  }

  std::shared_ptr<const Network> network_;
  std::vector<TapeTerm> terms_;
  std::deque<Tape> tapes_, rowwise_tapes_;
  std::vector<PointSet> sets_;
  std::vector<std::int64_t> points_, offsets_;
  std::vector<int> shared_;
  Work work_, rowwise_;
};

}  // namespace

FusedExecutor::~FusedExecutor() = default;

std::unique_ptr<FusedExecutor> FusedExecutor::make(std::shared_ptr<const Network> network,
                                                   Derivatives derivatives,
                                                   std::vector<TapeTerm> terms,
                                                   at::ScalarType dtype, std::string& reason) {
  auto tapes = compile_tapes(*network, derivatives, terms, false, reason);
  if (!tapes) return nullptr;
  if (dtype == at::kDouble)
    return std::make_unique<Fused<double>>(std::move(network), std::move(terms), std::move(*tapes));
  return std::make_unique<Fused<float>>(std::move(network), std::move(terms), std::move(*tapes));
}

}  // namespace banach
