// SPDX-License-Identifier: Apache-2.0
#include "core/training/observations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/stream.hpp"
#include "core/parameters/text.hpp"
#include "core/training/grid.hpp"
#include "core/training/known_solution.hpp"
#include "datasets/csv.hpp"
#include "datasets/observed_table.hpp"

namespace banach {

void describe(Schema<ObservationParameters>& s) {
  using P = ObservationParameters;
  s.field("file", &P::file, ".csv with named columns, or .h5");
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

/// Points [n, axes] and values [n, unknowns], row major.
struct Measured {
  std::vector<double> points, values;
};

class Reader {
 public:
  Reader(const Experiment& e, const std::string& name, const ObservationParameters& p,
         std::vector<std::string> unknowns)
      : e_(e), name_(name), p_(p), unknowns_(std::move(unknowns)) {}

  Measured from_file() const {
    const auto dot = p_.file->rfind('.');
    const std::string kind = dot == std::string::npos ? "" : p_.file->substr(dot);
    if (kind == ".csv" || kind == ".txt" || kind == ".dat") return from_csv();
    if (kind == ".h5" || kind == ".hdf5") return from_hdf5();
    throw ConfigError(
        fmt::format("observations.{}.file: {}: .csv, .txt, .dat, .h5 and .hdf5 are "
                    "read",
                    name_, *p_.file));
  }

  Measured synthetic(std::uint64_t seed) const {
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
    Measured out;
    out.points = positions(make_grid(e_.domain, counts), stream);
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

  Measured from_csv() const {
    std::vector<std::string> columns;
    for (const auto& axis : e_.domain) columns.push_back(column(axis.name));
    for (const auto& unknown : unknowns_) columns.push_back(column(unknown));
    const auto rows = read_points(*p_.file, columns);
    Measured out;
    const std::size_t axes = e_.domain.size(), width = columns.size();
    for (std::size_t i = 0; i < rows.size(); ++i)
      (i % width < axes ? out.points : out.values).push_back(rows[i]);
    return out;
  }

  Measured from_hdf5() const {
    std::vector<std::string> coordinates, values;
    for (const auto& axis : e_.domain) coordinates.push_back(column(axis.name));
    for (const auto& unknown : unknowns_) values.push_back(column(unknown));
    auto table = read_observed(*p_.file, coordinates, values);
    return {std::move(table.points), std::move(table.values)};
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

void check(const Experiment& e, const std::string& name, const ObservationParameters& p,
           const Measured& m, std::size_t width) {
  const std::string where = p.file ? *p.file : "observations." + name;
  const std::size_t axes = e.domain.size(), rows = m.points.size() / axes;
  if (rows == 0) throw DataError(where + ": there is no observation in it");
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t a = 0; a < axes; ++a) {
      const double at = m.points[i * axes + a];
      const auto& [axis, lower, upper, closed] = e.domain[a];
      if (!(at >= lower && at <= upper))
        throw DataError(fmt::format("{}: observation {}: {} = {} is not in the domain [{}, {}]",
                                    where, i + 1, axis, at, lower, upper));
    }
    for (std::size_t k = 0; k < width; ++k)
      if (!std::isfinite(m.values[i * width + k]))
        throw DataError(fmt::format("{}: observation {} is {}; leave such rows out", where, i + 1,
                                    m.values[i * width + k]));
  }
}

RecordedTerm observed(const std::string& name, const std::vector<std::string>& unknowns,
                      const Measured& m, std::size_t axes, const std::vector<std::int64_t>& rows) {
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

void add(Experiment& e, const std::string& name, const ObservationParameters& p,
         std::uint64_t seed) {
  const auto unknowns = p.unknowns.empty() ? e.unknowns : p.unknowns;
  for (const auto& unknown : unknowns)
    if (std::find(e.unknowns.begin(), e.unknowns.end(), unknown) == e.unknowns.end())
      throw ConfigError(fmt::format("observations.{}.unknowns: there is no unknown {}; known: {}",
                                    name, in_quotes(unknown), join(e.unknowns)));
  if (p.file.has_value() == p.synthetic.has_value())
    throw ConfigError("observations." + name + ": give either a file or synthetic, one of both");
  const Reader reader(e, name, p, unknowns);
  const Measured m = p.synthetic ? reader.synthetic(seed) : reader.from_file();
  check(e, name, p, m, unknowns.size());
  const std::size_t axes = e.domain.size();
  const auto count = static_cast<std::int64_t>(m.points.size() / axes);
  auto order = Stream(seed, "held out/" + name).permutation(count);
  const auto kept = count - static_cast<std::int64_t>(p.held_out * static_cast<double>(count));
  std::vector<std::int64_t> trained(order.begin(), order.begin() + kept);
  std::vector<std::int64_t> held(order.begin() + kept, order.end());
  std::sort(trained.begin(), trained.end());
  e.terms.push_back(observed(name, unknowns, m, axes, trained));
  e.terms.back().batch = p.batch;
  if (!held.empty()) e.held_out.push_back(observed(name, unknowns, m, axes, held));
}

}  // namespace

void add_observations(Experiment& e, const Observations& observations, std::uint64_t seed) {
  for (const auto& [name, parameters] : observations) add(e, name, parameters, seed);
}

}  // namespace banach
