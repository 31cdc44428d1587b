// SPDX-License-Identifier: Apache-2.0
#include "core/training/collocation.hpp"

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>

#include <algorithm>

namespace banach {
Collocation::Collocation(const Experiment& experiment, const std::vector<SamplingChoice>& choices,
                         std::uint64_t seed, at::TensorOptions options)
    : domain_(experiment.domain), seed_(seed) {
  BANACH_ASSERT(choices.size() == experiment.terms.size());
  std::int64_t most = 1;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    Placement term = place(experiment.terms[i], choices[i]);
    term.first = total_;
    total_ += term.rows;
    most = std::max(most, term.rows);
    terms_.push_back(std::move(term));
  }
  const auto axes = static_cast<std::int64_t>(domain_.size());
  unit_.resize(static_cast<std::size_t>(most * axes));
  host_ = at::zeros({total_, axes}, options.device(at::kCPU));
  device_ = host_.to(options.device());
  for (const auto& term : terms_)
    sets_.push_back({device_.narrow(0, term.first, term.rows), {}, {}});
}

Collocation::Placement Collocation::place(const RecordedTerm& recorded,
                                          const SamplingChoice& choice) const {
  const Region& region = recorded.term.region;
  const std::string& name = recorded.term.name;
  const std::size_t axes = domain_.size();
  Placement out{Stream(seed_, name), name, choice, {}, {}};
  if (region.kind == Region::Kind::points) {
    if (region.points.empty()) throw ConfigError("term \"" + name + "\" has no points");
    out.listed = true;
    out.rows = static_cast<std::int64_t>(region.points.size());
    for (const auto& point : region.points) {
      BANACH_ASSERT(point.size() == axes);
      out.fixed.insert(out.fixed.end(), point.begin(), point.end());
    }
    return out;
  }
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
  return out;
}

const std::vector<PointSet>& Collocation::at_step(std::int64_t step) {
  bool changed = false;
  for (auto& term : terms_) {
    const std::int64_t refresh = term.choice.refresh;
    const bool varies = !term.free.empty() && refresh > 0 && term.choice.sampler->random();
    const std::int64_t index = varies ? step / refresh : 0;
    if (index == term.drawn) continue;
    draw(term, index);
    changed = true;
  }
  if (changed && !host_.is_same(device_)) device_.copy_(host_);
  return sets_;
}

void Collocation::draw(Placement& term, std::int64_t index) {
  term.drawn = index;
  term.stream = Stream(seed_, term.name, static_cast<std::uint64_t>(index));
  const int d = static_cast<int>(term.free.size());
  if (d > 0) term.choice.sampler->points(term.rows, d, term.stream, unit_.data());
  AT_DISPATCH_FLOATING_TYPES(host_.scalar_type(), "collocation", [&] {
    write(term,
          host_.data_ptr<scalar_t>() + term.first * static_cast<std::int64_t>(domain_.size()));
  });
}

template <class T>
void Collocation::write(const Placement& term, T* out) const {
  const std::size_t axes = domain_.size(), free = term.free.size();
  for (std::size_t row = 0; row < static_cast<std::size_t>(term.rows); ++row) {
    const double* fixed = term.fixed.data() + (term.listed ? row * axes : 0);
    T* to = out + row * axes;
    for (std::size_t axis = 0; axis < axes; ++axis) to[axis] = static_cast<T>(fixed[axis]);
    for (std::size_t k = 0; k < free; ++k) {
      const auto axis = static_cast<std::size_t>(term.free[k]);
      const auto& [name, lower, upper] = domain_[axis];
      to[axis] = static_cast<T>(lower + (upper - lower) * unit_[row * free + k]);
    }
  }
}

}  // namespace banach
