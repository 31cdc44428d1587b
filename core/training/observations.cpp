// SPDX-License-Identifier: Apache-2.0
#include "core/training/observations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/stream.hpp"
#include "core/parameters/text.hpp"
#include "core/training/boundary.hpp"
#include "core/training/grid.hpp"
#include "core/training/known_solution.hpp"
#include "datasets/measurements.hpp"

namespace banach {

void describe(Schema<ObservationParameters>& s) {
  using P = ObservationParameters;
  s.field("file", &P::file, "text with named columns (CSV and its relatives), or HDF5");
  s.field("columns", &P::columns,
          "column (or HDF5 dataset) of a coordinate or unknown, where it has another name");
  s.field("unknowns", &P::unknowns, "what was observed; all unknowns where absent");
  s.field("synthetic", &P::synthetic, "instead of a file: drawn from the known solution");
  s.field("batch", &P::batch, "observations per step, in epochs; 0: all").at_least(0);
  s.field("held_out", &P::held_out, "fraction that is not trained on, only measured")
      .at_least(0)
      .at_most(0.9);
}
namespace {

constexpr std::int64_t most_synthetic = 100000000;

class Reader {
 public:
  Reader(const Experiment& e, const std::string& name, const ObservationParameters& p,
         std::vector<std::string> unknowns)
      : e_(e), name_(name), p_(p), unknowns_(std::move(unknowns)) {}

  Measurements from_file() const {
    MeasuredColumns columns;
    for (const auto& axis : e_.domain) columns.coordinates.push_back(column(axis.name));
    for (const auto& unknown : unknowns_) columns.values.push_back(column(unknown));
    columns.named = !p_.columns.empty();
    check_columns(columns);
    return read_measurements(*p_.file, columns);
  }

  Measurements synthetic(std::uint64_t seed) const {
    const auto known = known_solution(e_);
    if (!known)
      throw ConfigError(
          fmt::format("observations.{}.synthetic: the problem has neither an exact "
                      "solution nor a reference to draw from; give a file",
                      name_));
    GridCounts counts;
    for (const auto& axis : e_.domain) {
      const auto place = p_.synthetic->points.find(axis.name);
      if (place == p_.synthetic->points.end())
        throw ConfigError(fmt::format("observations.{}.synthetic.points: how many along \"{}\"?",
                                      name_, axis.name));
      counts[axis.name] = place->second;
    }
    for (const auto& entry : p_.synthetic->points)
      if (!counts.count(entry.first)) no_axis("synthetic.points", entry.first);
    const Stream stream(seed, "observations/" + name_);
    const Grid grid = make_grid(e_.domain, counts);
    if (grid.size() > most_synthetic)
      throw ConfigError(
          fmt::format("observations.{}.synthetic.points: {} observations; at most {} "
                      "can be made",
                      name_, grid.size(), most_synthetic));
    Measurements out;
    out.points = positions(grid, stream);
    const std::size_t axes = e_.domain.size(), rows = out.points.size() / axes;
    std::vector<double> all(rows * e_.unknowns.size());
    known(out.points.data(), static_cast<std::int64_t>(rows), all.data());
    const Stream noise = stream.child(1000);
    for (std::size_t i = 0; i < rows; ++i)
      for (const auto& unknown : unknowns_)
        out.values.push_back(all[i * e_.unknowns.size() + place(unknown)] +
                             p_.synthetic->noise * noise.normal(out.values.size()));
    return out;
  }

  std::size_t place(const std::string& unknown) const {
    return static_cast<std::size_t>(std::find(e_.unknowns.begin(), e_.unknowns.end(), unknown) -
                                    e_.unknowns.begin());
  }

  [[noreturn]] void no_axis(const std::string& key, const std::string& axis) const {
    std::vector<std::string> names;
    for (const auto& a : e_.domain) names.push_back(a.name);
    throw ConfigError(fmt::format("observations.{}.{}: there is no axis {}; the axes are {}", name_,
                                  key, in_quotes(axis), join(names)));
  }

 private:
  std::string column(const std::string& quantity) const {
    const auto renamed = p_.columns.find(quantity);
    return renamed == p_.columns.end() ? quantity : renamed->second;
  }

  // A key that names nothing would leave the quantity that was meant to its own name.
  void check_columns(const MeasuredColumns& columns) const {
    std::vector<std::string> known;
    for (const auto& axis : e_.domain) known.push_back(axis.name);
    known.insert(known.end(), e_.unknowns.begin(), e_.unknowns.end());
    for (const auto& entry : p_.columns) {
      if (std::find(known.begin(), known.end(), entry.first) != known.end()) continue;
      const auto near = nearest(entry.first, known);
      throw ConfigError(fmt::format(
          "observations.{}.columns: {} is neither a coordinate nor an unknown{}; known: {}", name_,
          in_quotes(entry.first), near.empty() ? "" : "; did you mean " + in_quotes(near) + "?",
          join(known)));
    }
    auto all = columns.coordinates;
    all.insert(all.end(), columns.values.begin(), columns.values.end());
    std::sort(all.begin(), all.end());
    if (const auto twice = std::adjacent_find(all.begin(), all.end()); twice != all.end())
      throw ConfigError(fmt::format("observations.{}.columns: two quantities are read from {}",
                                    name_, in_quotes(*twice)));
  }

  // All combinations of the positions along each axis.
  std::vector<double> positions(const Grid& grid, const Stream& stream) const {
    auto out = grid.points(0, grid.size());
    if (p_.synthetic->method == "grid") return out;
    const std::size_t axes = e_.domain.size();
    for (std::size_t i = 0; i < out.size() / axes; ++i) {
      std::size_t rest = i;
      for (std::size_t a = axes; a-- > 0;) {
        const auto count = static_cast<std::size_t>(grid.counts[a]);
        const Axis& axis = e_.domain[a];
        out[i * axes + a] =
            axis.lower + (axis.upper - axis.lower) * stream.child(a).uniform(rest % count);
        rest /= count;
      }
    }
    return out;
  }

  const Experiment& e_;
  const std::string& name_;
  const ObservationParameters& p_;
  std::vector<std::string> unknowns_;
};

/// Moves points onto the boundary that rounding has put beside it.
void check(const Experiment& e, const std::string& name, const ObservationParameters& p,
           Measurements& m, const std::vector<std::string>& unknowns) {
  const auto where = [&](std::size_t i) {
    const std::string file = p.file ? *p.file : "observations." + name;
    const std::string line = m.lines.empty() ? "" : fmt::format(":{}", m.lines[i]);
    return fmt::format("{}{}: observation {}: ", file, line, i + 1);
  };
  if (m.points.empty())
    throw DataError((p.file ? *p.file : "observations." + name) +
                    ": there is no observation in it");
  const auto outside = onto_boundary(e.domain, m.points);
  if (outside.first)
    throw DataError(where(outside.first->point) + to_text(*outside.first, e.domain));
  for (std::size_t i = 0; i < m.values.size(); ++i)
    if (!std::isfinite(m.values[i]))
      throw DataError(fmt::format("{}{} = {} is not a finite number; leave such rows out",
                                  where(i / unknowns.size()), unknowns[i % unknowns.size()],
                                  m.values[i]));
}

RecordedTerm observed(const std::string& name, const std::vector<std::string>& unknowns,
                      const Measurements& m, std::size_t axes,
                      const std::vector<std::int64_t>& rows) {
  RecordedTerm out;
  std::vector<std::vector<double>> points;
  for (const auto row : rows) {
    const auto first = m.points.begin() + row * static_cast<std::int64_t>(axes);
    points.emplace_back(first, first + static_cast<std::int64_t>(axes));
    for (std::size_t k = 0; k < unknowns.size(); ++k)
      out.data["observed." + unknowns[k]].push_back(
          m.values[static_cast<std::size_t>(row) * unknowns.size() + k]);
  }
  out.term = at_points(name, std::move(points), [unknowns](const Field& u) {
    std::vector<Expression> off;
    for (const auto& unknown : unknowns) off.push_back(u[unknown] - u.data("observed." + unknown));
    return off.size() == 1 ? off[0] : concat(off);
  });
  return out;
}

void add(Experiment& e, const std::string& name, const ObservationParameters& p, std::uint64_t seed,
         const std::function<void(const std::string&)>& notice) {
  const auto unknowns = p.unknowns.empty() ? e.unknowns : p.unknowns;
  for (const auto& unknown : unknowns)
    if (std::find(e.unknowns.begin(), e.unknowns.end(), unknown) == e.unknowns.end())
      throw ConfigError(fmt::format("observations.{}.unknowns: there is no unknown {}; known: {}",
                                    name, in_quotes(unknown), join(e.unknowns)));
  for (std::size_t k = 0; k < unknowns.size(); ++k)
    if (std::find(unknowns.begin(), unknowns.begin() + static_cast<std::ptrdiff_t>(k),
                  unknowns[k]) != unknowns.begin() + static_cast<std::ptrdiff_t>(k))
      throw ConfigError(
          fmt::format("observations.{}.unknowns: {} is named twice", name, in_quotes(unknowns[k])));
  if (p.file.has_value() == p.synthetic.has_value())
    throw ConfigError("observations." + name + ": give either a file or synthetic, one of both");
  const Reader reader(e, name, p, unknowns);
  Measurements m = p.synthetic ? reader.synthetic(seed) : reader.from_file();
  check(e, name, p, m, unknowns);
  for (const auto& text : m.notices)
    if (notice) notice(text);
  const std::size_t axes = e.domain.size();
  const auto count = static_cast<std::int64_t>(m.points.size() / axes);
  auto order = Stream(seed, "held out/" + name).permutation(count);
  const bool fraction = p.held_out >= 0 && p.held_out <= 1;  // else it has been reported already
  const auto kept = count - static_cast<std::int64_t>(fraction ? p.held_out * double(count) : 0);
  std::vector<std::int64_t> trained(order.begin(), order.begin() + kept);
  std::vector<std::int64_t> held(order.begin() + kept, order.end());
  std::sort(trained.begin(), trained.end());
  e.terms.push_back(observed(name, unknowns, m, axes, trained));
  e.terms.back().batch = p.batch;
  if (!held.empty()) e.held_out.push_back(observed(name, unknowns, m, axes, held));
}

}  // namespace

void add_observations(Experiment& e, const Observations& observations, std::uint64_t seed,
                      const std::function<void(const std::string&)>& notice) {
  for (const auto& [name, parameters] : observations) add(e, name, parameters, seed, notice);
}

}  // namespace banach
