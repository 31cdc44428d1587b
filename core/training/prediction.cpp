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
#include "datasets/output_names.hpp"

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
  OutputNames names;
  std::vector<std::string> columns, unknowns;
  for (const auto& unknown : model.unknowns()) unknowns.push_back(names.take(unknown));
  for (const auto& axis : model.coordinates()) columns.push_back(names.take(axis.name, "_axis"));
  columns.insert(columns.end(), unknowns.begin(), unknowns.end());
  if (model.has_exact())
    for (const auto& unknown : model.unknowns())
      columns.push_back(names.take(unknown + "_exact", "_solution"));
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
      : file_(out) {
    OutputNames attributes;
    file_.attribute("/", attributes.take("program"), std::string("banach ") + engine_version());
    file_.attribute("/", attributes.take("run"), provenance.run);
    file_.attribute("/", attributes.take("problem"), provenance.problem);
    file_.attribute("/", attributes.take("step"), model.step());
    for (const auto& [name, value] : model.coefficients())
      file_.attribute("/", attributes.take(name, "_coefficient"), value);
    for (const auto& unknown : model.unknowns()) fields_.push_back({names_.take(unknown), "", ""});
    for (auto& field : fields_) {
      if (!model.has_exact()) break;
      field.exact = names_.take("exact/" + field.found);
      field.error = names_.take("error/" + field.found);
    }
  }
  Hdf5Writer& file() { return file_; }
  /// Where a dimension or its coordinates stand; an unknown of that name keeps it.
  std::string scale(const std::string& name) { return names_.take(name, "_axis"); }
  std::vector<std::string> unknowns() const {
    std::vector<std::string> out;
    for (const auto& field : fields_) out.push_back(field.found);
    return out;
  }

  void create(const Shape& shape, const std::vector<std::string>& scales) {
    for (const auto& field : fields_)
      for (const auto& name : {field.found, field.exact, field.error}) {
        if (name.empty()) continue;
        file_.create<double>(name, shape);
        for (std::size_t i = 0; i < scales.size(); ++i)
          file_.attach(name, static_cast<int>(i), scales[i]);
      }
  }
  void write(const Piece& piece) {
    const std::size_t width = fields_.size();
    for (std::size_t k = 0; k < width; ++k) {
      const auto& field = fields_[k];
      auto found = column(piece.found, k, width);
      file_.write(field.found, piece.first, piece.count, found.data());
      if (piece.exact.empty()) continue;
      const auto exact = column(piece.exact, k, width);
      file_.write(field.exact, piece.first, piece.count, exact.data());
      for (std::size_t i = 0; i < found.size(); ++i) found[i] -= exact[i];
      file_.write(field.error, piece.first, piece.count, found.data());
    }
  }

 private:
  struct Field {
    std::string found, exact, error;  // paths; the last two empty without an exact solution
  };
  Hdf5Writer file_;
  OutputNames names_;
  std::vector<Field> fields_;
};

void write_coordinates(Hdf5Writer& file, const std::vector<std::string>& columns,
                       const Piece& piece) {
  for (std::size_t k = 0; k < columns.size(); ++k)
    file.write(columns[k], piece.first, piece.count,
               column(piece.points, k, columns.size()).data());
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
    scales.push_back(fields.scale(grid.axes[k].name));
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
  const auto size = static_cast<std::int64_t>(points.size()) / axes;
  const PointSource source = [&](std::int64_t first, std::int64_t count) {
    return std::vector<double>(points.begin() + first * axes,
                               points.begin() + (first + count) * axes);
  };
  if (is_csv(out)) return write_csv(model, size, source, out);
  FieldFile fields(model, provenance, out);
  Hdf5Writer& file = fields.file();
  std::vector<std::string> columns;
  for (const auto& axis : domain) columns.push_back(fields.scale(axis.name));
  const std::string point = fields.scale("point");
  file.dimension(point, size);
  for (const auto& name : columns) {
    file.create<double>(name, {size});
    file.attach(name, 0, point);
  }
  fields.create({size}, {point});
  for (const auto& unknown : fields.unknowns())
    file.attribute(unknown, "coordinates", join(columns, " "));  // the CF convention
  walk(model, size, source, [&](const Piece& piece) {
    write_coordinates(file, columns, piece);
    fields.write(piece);
  });
  file.commit();
}

}  // namespace banach
