// SPDX-License-Identifier: Apache-2.0
#include "core/training/collocation.hpp"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>

#include <algorithm>
#include <numeric>

namespace banach {
Collocation::Collocation(const Experiment& experiment, const std::vector<SamplingChoice>& choices,
                         std::uint64_t seed, at::TensorOptions options)
    : domain_(experiment.domain),
      origins_(experiment.origins),
      seed_(seed),
      options_(options),
      choices_(choices) {
  BANACH_ASSERT(choices.size() == experiment.terms.size() && origins_.size() == domain_.size());
  std::int64_t most = 1;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    Placement term = place(experiment.terms[i], choices[i]);
    if (const Placement* other = same_points(experiment, i)) {
      term.first = other->first;
      term.follows = true;
    } else {
      term.first = total_;
      total_ += term.rows;
    }
    most = std::max(most, term.rows);
    terms_.push_back(std::move(term));
  }
  const auto axes = static_cast<std::int64_t>(domain_.size());
  unit_.resize(static_cast<std::size_t>(most * axes));
  host_ = at::zeros({total_, axes}, options.device(at::kCPU));
  device_ = host_.to(options.device());
  for (const auto& term : terms_) {
    sets_.push_back({device_.narrow(0, term.first, term.rows), {}, {}});
    for (const auto& column : term.columns) sets_.back().data[column.name] = column.device;
  }
}

// Equations on one region that are sampled alike share their points, so that the network is asked
// once for all of them.
const Collocation::Placement* Collocation::same_points(const Experiment& experiment,
                                                       std::size_t term) const {
  const Region& region = experiment.terms[term].term.region;
  if (region.kind == Region::Kind::points) return nullptr;
  for (std::size_t i = 0; i < term; ++i) {
    const Region& other = experiment.terms[i].term.region;
    const SamplingChoice &a = terms_[i].choice, &b = choices_[term];
    if (other.kind == region.kind && other.axis == region.axis && other.side == region.side &&
        a.points == b.points && a.refresh == b.refresh && !a.text.empty() && a.text == b.text)
      return &terms_[i];
  }
  return nullptr;
}

Collocation::Placement Collocation::place(const RecordedTerm& recorded,
                                          const SamplingChoice& choice) const {
  const Region& region = recorded.term.region;
  const std::size_t axes = domain_.size();
  Placement out(Stream(seed_, recorded.term.name));
  out.name = recorded.term.name;
  out.choice = choice;
  if (region.kind == Region::Kind::points) {
    list(recorded, out);
  } else {
    out.fixed.assign(axes, 0.0);
    for (std::size_t axis = 0; axis < axes; ++axis) {
      if (region.kind == Region::Kind::face && domain_[axis].name == region.axis)
        out.fixed[axis] = region.side == Side::lower ? domain_[axis].lower : domain_[axis].upper;
      else
        out.free.push_back(static_cast<int>(axis));
    }
    // A face of a line is one point, however many were asked for.
    if (!out.free.empty())
      out.rows = choice.sampler->count(choice.points, static_cast<int>(out.free.size()));
  }
  for (const Node& node : recorded.residual.trace->nodes())
    if (node.op == Op::data && (node.rows & node_rows))
      out.columns.push_back({node.name, node.index, {}, {}, {}});
  for (auto& column : out.columns) {
    std::vector<std::int64_t> shape{out.rows, 1};
    if (column.nodes > 0) {
      shape = {out.rows, column.nodes, 1};
      column.values.resize(static_cast<std::size_t>(out.rows * column.nodes));
    }
    column.host = at::zeros(shape, options_.device(at::kCPU));
    column.device = column.host.to(options_.device());
  }
  return out;
}

void Collocation::list(const RecordedTerm& recorded, Placement& out) const {
  const auto& points = recorded.term.region.points;
  if (points.empty()) throw ConfigError("term \"" + out.name + "\" has no points");
  out.listed = static_cast<std::int64_t>(points.size());
  out.rows = recorded.batch > 0 ? std::min(recorded.batch, out.listed) : out.listed;
  for (const auto& point : points) {
    BANACH_ASSERT(point.size() == domain_.size());
    out.fixed.insert(out.fixed.end(), point.begin(), point.end());
  }
  out.order.resize(points.size());
  std::iota(out.order.begin(), out.order.end(), std::int64_t{0});
  for (const auto& [name, values] : recorded.data) {
    BANACH_ASSERT(values.size() == points.size());
    out.columns.push_back({name, 0, values, {}, {}});
  }
}

// What the draw of a step is keyed by; equal numbers mean equal draws.
std::int64_t Collocation::index_at(const Placement& term, std::int64_t step) const {
  if (term.listed > 0 && term.rows < term.listed) return step;
  const bool nodes = std::any_of(term.columns.begin(), term.columns.end(),
                                 [](const Column& c) { return c.nodes > 0; });
  const bool varies = !term.free.empty() && term.choice.sampler->random();
  if (!(varies || nodes) || term.choice.refresh == 0) return 0;
  return step / term.choice.refresh;
}

const std::vector<PointSet>& Collocation::at_step(std::int64_t step) {
  bool changed = false;
  for (auto& term : terms_) {
    const std::int64_t index = index_at(term, step);
    if (index == term.drawn) continue;
    if (term.follows) {  // the points are drawn already; its random nodes are its own
      term.drawn = index;
      for (auto& column : term.columns) fill(term, column, index);
    } else {
      draw(term, index);
    }
    changed = true;
  }
  if (changed && !host_.is_same(device_)) device_.copy_(host_);
  return sets_;
}

void Collocation::draw(Placement& term, std::int64_t index) {
  term.drawn = index;
  term.stream = Stream(seed_, term.name, static_cast<std::uint64_t>(index));
  if (term.rows < term.listed) choose(term, index);
  const int d = static_cast<int>(term.free.size());
  if (d > 0) term.choice.sampler->points(term.rows, d, term.stream, unit_.data());
  AT_DISPATCH_FLOATING_TYPES(host_.scalar_type(), "collocation", [&] {
    write(term,
          host_.data_ptr<scalar_t>() + term.first * static_cast<std::int64_t>(domain_.size()));
  });
  for (auto& column : term.columns) fill(term, column, index);
}

// Batches of a list: every epoch walks through it in an order of its own; the rest that fills no
// batch waits for another epoch.
void Collocation::choose(Placement& term, std::int64_t step) const {
  const std::int64_t batches = term.listed / term.rows, epoch = step / batches;
  term.offset = (step % batches) * term.rows;
  if (epoch == term.epoch) return;
  term.epoch = epoch;
  term.order = Stream(seed_, term.name + "/epoch", static_cast<std::uint64_t>(epoch))
                   .permutation(term.listed);
}

void Collocation::fill(Placement& term, Column& column, std::int64_t index) const {
  if (column.nodes > 0)
    Stream(seed_, term.name + "/" + column.name, static_cast<std::uint64_t>(index))
        .uniform(static_cast<std::int64_t>(column.values.size()), column.values.data());
  AT_DISPATCH_FLOATING_TYPES(column.host.scalar_type(), "collocation", [&] {
    auto* out = column.host.data_ptr<scalar_t>();
    for (std::int64_t i = 0; i < column.host.numel(); ++i) {
      const auto from =
          column.nodes > 0 ? i : term.order[static_cast<std::size_t>(term.offset + i)];
      out[i] = static_cast<scalar_t>(column.values[static_cast<std::size_t>(from)]);
    }
  });
  if (!column.host.is_same(column.device)) column.device.copy_(column.host);
}

void Collocation::set_spacing(const at::Tensor& map) {
  spacing_.clear();
  for (std::int64_t axis = 0; map.defined() && axis < map.size(0); ++axis) {
    const at::Tensor row = map[axis].contiguous();
    spacing_.emplace_back(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
  }
  BANACH_ASSERT(spacing_.empty() || spacing_.size() == domain_.size());
  for (auto& term : terms_) term.drawn = -1;
}

double Collocation::moved(std::size_t axis, double unit) const {
  if (spacing_.empty()) return unit;
  const auto& map = spacing_[axis];
  const double at = unit * static_cast<double>(map.size() - 1);
  const std::size_t k = std::min(static_cast<std::size_t>(at), map.size() - 2);
  return map[k] + (at - static_cast<double>(k)) * (map[k + 1] - map[k]);
}

template <class T>
void Collocation::write(const Placement& term, T* out) const {
  const std::size_t axes = domain_.size(), free = term.free.size();
  for (std::size_t row = 0; row < static_cast<std::size_t>(term.rows); ++row) {
    const std::size_t place = row + static_cast<std::size_t>(term.offset);
    const auto from = term.listed > 0 ? static_cast<std::size_t>(term.order[place]) : 0;
    const double* fixed = term.fixed.data() + from * axes;
    T* to = out + row * axes;
    for (std::size_t axis = 0; axis < axes; ++axis)
      to[axis] = static_cast<T>(fixed[axis] - origins_[axis]);
    for (std::size_t k = 0; k < free; ++k) {
      const auto axis = static_cast<std::size_t>(term.free[k]);
      const auto& [name, lower, upper, closed] = domain_[axis];
      const double along = (upper - lower) * moved(axis, unit_[row * free + k]);
      to[axis] = static_cast<T>((lower - origins_[axis]) + along);
    }
  }
}

}  // namespace banach
