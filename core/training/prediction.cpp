// SPDX-License-Identifier: Apache-2.0
#include "core/training/prediction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "core/plugin/stamp.hpp"
#include "core/run/signals.hpp"
#include "core/training/boundary.hpp"
#include "datasets/csv.hpp"
#include "datasets/hdf5_file.hpp"

namespace banach {
namespace {

constexpr std::int64_t chunk = 1 << 16;

/// A piece of the points with everything that is known there, row major.
struct Piece {
  std::int64_t first = 0, count = 0;
  std::vector<double> points, found, exact;  // the last is empty without an exact solution
};

/// Points [first, first + count), [count, axes].
using PointSource = std::function<std::vector<double>(std::int64_t first, std::int64_t count)>;
using PieceSink = std::function<void(const Piece&)>;

void walk(const Model& model, std::int64_t size, const PointSource& source, const PieceSink& sink) {
  for (std::int64_t first = 0; first < size; first += chunk) {
    require_no_signal();
    Piece piece{first, std::min(chunk, size - first), {}, {}, {}};
    piece.points = source(first, piece.count);
    auto inside = piece.points;
    onto_boundary(model.coordinates(), inside);
    piece.found = model.predict(inside);
    if (model.has_exact()) piece.exact = model.exact(inside);
    sink(piece);
  }
}

std::vector<double> column(const std::vector<double>& values, std::size_t k, std::size_t width) {
  std::vector<double> out;
  out.reserve(values.size() / width);
  for (std::size_t i = k; i < values.size(); i += width) out.push_back(values[i]);
  return out;
}

bool is_csv(const std::filesystem::path& out) {
  const std::string kind = out.extension().string();
  if (kind == ".csv") return true;
  if (kind == ".h5" || kind == ".hdf5") return false;
  throw Error(Exit::usage, fmt::format("{}: predictions are written to .h5 or .csv", out.string()));
}

void write_csv(const Model& model, std::int64_t size, const PointSource& source,
               const std::filesystem::path& out) {
  std::vector<std::string> columns;
  for (const auto& axis : model.coordinates()) columns.push_back(axis.name);
  for (const auto& unknown : model.unknowns()) columns.push_back(unknown);
  if (model.has_exact())
    for (const auto& unknown : model.unknowns()) columns.push_back(unknown + "_exact");
  CsvWriter file(out, columns);
  walk(model, size, source, [&](const Piece& piece) {
    std::vector<double> row;
    for (std::size_t i = 0; i < static_cast<std::size_t>(piece.count); ++i) {
      row.clear();
      for (const auto* values : {&piece.points, &piece.found, &piece.exact}) {
        const std::size_t width = values->size() / static_cast<std::size_t>(piece.count);
        const auto first = values->begin() + static_cast<std::ptrdiff_t>(i * width);
        row.insert(row.end(), first, first + static_cast<std::ptrdiff_t>(width));
      }
      file.row(row);
    }
  });
  file.commit();
}

/// The datasets of all unknowns, of one shape and with the same scales.
class FieldFile {
 public:
  FieldFile(const Model& model, const Provenance& provenance, const std::filesystem::path& out)
      : model_(model), file_(out) {
    file_.attribute("/", "program", std::string("banach ") + engine_version());
    file_.attribute("/", "run", provenance.run);
    file_.attribute("/", "problem", provenance.problem);
    file_.attribute("/", "step", model.step());
    for (const auto& [name, value] : model.coefficients()) file_.attribute("/", name, value);
  }
  Hdf5Writer& file() { return file_; }

  void create(const Shape& shape, const std::vector<std::string>& scales) {
    for (const auto& unknown : model_.unknowns())
      for (const auto& group : groups()) {
        const std::string name = group + unknown;
        file_.create<double>(name, shape);
        for (std::size_t i = 0; i < scales.size(); ++i)
          file_.attach(name, static_cast<int>(i), scales[i]);
      }
  }
  void write(const Piece& piece) {
    const std::size_t width = model_.unknowns().size();
    for (std::size_t k = 0; k < width; ++k) {
      const auto& unknown = model_.unknowns()[k];
      auto found = column(piece.found, k, width);
      file_.write(unknown, piece.first, piece.count, found.data());
      if (piece.exact.empty()) continue;
      const auto exact = column(piece.exact, k, width);
      file_.write("exact/" + unknown, piece.first, piece.count, exact.data());
      for (std::size_t i = 0; i < found.size(); ++i) found[i] -= exact[i];
      file_.write("error/" + unknown, piece.first, piece.count, found.data());
    }
  }

 private:
  std::vector<std::string> groups() const {
    if (model_.has_exact()) return {"", "exact/", "error/"};
    return {""};
  }
  const Model& model_;
  Hdf5Writer file_;
};

void write_coordinates(Hdf5Writer& file, const Domain& domain, const Piece& piece) {
  for (std::size_t k = 0; k < domain.size(); ++k)
    file.write(domain[k].name, piece.first, piece.count,
               column(piece.points, k, domain.size()).data());
}

}  // namespace

void predict_grid(const Model& model, const Grid& grid, const Provenance& provenance,
                  const std::filesystem::path& out) {
  const PointSource source = [&](std::int64_t first, std::int64_t count) {
    return grid.points(first, count);
  };
  if (is_csv(out)) return write_csv(model, grid.size(), source, out);
  FieldFile fields(model, provenance, out);
  std::vector<std::string> scales;
  for (std::size_t k = 0; k < grid.axes.size(); ++k) {
    scales.push_back(grid.axes[k].name);
    fields.file().add(scales[k], {grid.counts[k]}, grid.coordinates(k));
  }
  fields.create(grid.counts, scales);
  walk(model, grid.size(), source, [&](const Piece& piece) { fields.write(piece); });
  fields.file().commit();
}

void predict_points(const Model& model, const std::vector<double>& points,
                    const Provenance& provenance, const std::filesystem::path& out) {
  const Domain& domain = model.coordinates();
  const auto axes = static_cast<std::int64_t>(domain.size());
  std::vector<std::string> names;
  for (const auto& axis : domain) names.push_back(axis.name);
  const std::string axes_text = join(names, " ");  // the CF convention
  const auto size = static_cast<std::int64_t>(points.size()) / axes;
  const PointSource source = [&](std::int64_t first, std::int64_t count) {
    return std::vector<double>(points.begin() + first * axes,
                               points.begin() + (first + count) * axes);
  };
  if (is_csv(out)) return write_csv(model, size, source, out);
  FieldFile fields(model, provenance, out);
  Hdf5Writer& file = fields.file();
  file.dimension("point", size);
  for (const auto& axis : domain) {
    file.create<double>(axis.name, {size});
    file.attach(axis.name, 0, "point");
  }
  fields.create({size}, {"point"});
  for (const auto& unknown : model.unknowns()) file.attribute(unknown, "coordinates", axes_text);
  walk(model, size, source, [&](const Piece& piece) {
    write_coordinates(file, domain, piece);
    fields.write(piece);
  });
  file.commit();
}

}  // namespace banach
