// SPDX-License-Identifier: Apache-2.0
#include "datasets/array_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "banach/error.hpp"
#include "datasets/path_members.hpp"

namespace banach {
namespace {

bool is_sample(const std::string& label) { return label == "sample"; }

/// Builds one layout, file after file.
class LayoutBuilder {
 public:
  LayoutBuilder(const LayoutRequest& request, const FileGroups& files, FileCache& cache)
      : request_(request), files_(files), cache_(cache), pattern_(request.path) {
    out_.name = request.name;
    out_.dims = request.labels;
    if (request.reversed) std::reverse(out_.dims.begin(), out_.dims.end());
  }

  ArrayLayout build() {
    for (std::size_t i = 0; i < files_.groups.size(); ++i) group(files_.groups[i]);
    for (auto& axis : out_.axes)
      if (axis.size == 0) fail(fmt::format("axis \"{}\" has no entries", axis.label));
    if (out_.trajectories == 0) fail("there are no samples");
    return std::move(out_);
  }

 private:
  using Members = std::vector<PathMember>;

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("dataset.{}: {}", out_.name, what));
  }
  std::string where(std::size_t file, const std::string& path) const {
    return fmt::format("{}: dataset \"{}\"", files_.files[file].path.string(), path);
  }

  /// All that belongs to one group of files.
  void group(const std::vector<std::size_t>& numbers) {
    std::vector<std::string> samples;
    std::vector<std::map<std::string, Members>> members(numbers.size());  // by file and sample
    for (std::size_t i = 0; i < numbers.size(); ++i)
      for (auto& member : expand_path(*cache_.open(files_.files[numbers[i]].path), pattern_,
                                      request_.time_decimal)) {
        if (first_) begin(numbers[i], member.path);
        const auto name = member.names.find("sample");
        const auto sample = name == member.names.end() ? "" : name->second;
        auto& same = members[i][sample];
        if (same.empty() && i == 0) samples.push_back(sample);
        same.push_back(std::move(member));
      }
    for (const auto& sample : samples) block(numbers, members, sample);
  }

  /// The axes, as the first dataset of all has them.
  void begin(std::size_t file, const std::string& path) {
    first_ = false;
    const auto reader = cache_.open(files_.files[file].path);
    out_.first = reader->describe(path);
    reader->require_readable(out_.first);
    check_labels(file);
    if (out_.first.components == 2) out_.dims.emplace_back(ArrayLayout::complex_axis);
    for (std::size_t i = 0; i < out_.dims.size(); ++i) {
      if (is_sample(out_.dims[i])) out_.sample_dim = static_cast<int>(i);
      if (!is_sample(out_.dims[i]) && out_.dims[i] != "_")
        out_.axes.push_back({out_.dims[i], 0, {}});
    }
    for (const auto& name : pattern_.names())
      if (!is_sample(name) && name != "part") out_.axes.insert(out_.axes.begin(), {name, 0, {}});
    if (!is_sample(files_.join) && out_.axis(files_.join) < 0)
      out_.axes.insert(out_.axes.begin(), {files_.join, 0, {}});
  }

  void check_labels(std::size_t file) const {
    const auto& shape = out_.first.shape;
    if (out_.dims.size() != shape.size())
      throw ConfigError(fmt::format(
          "dataset.{}: axes \"{}\" name {} dimension{}, but {} has {}: ({}){}", out_.name,
          join(request_.labels, " "), out_.dims.size(), out_.dims.size() == 1 ? "" : "s",
          where(file, out_.first.path), shape.size(), fmt::join(shape, ", "),
          out_.dims.size() < shape.size() ? "; name every one, _ for those of size 1" : ""));
    auto labels = out_.dims;
    for (const auto& name : pattern_.names()) labels.push_back(name);
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] != "_" && std::count(labels.begin(), labels.end(), labels[i]) > 1)
        throw ConfigError(
            fmt::format("dataset.{}: axis \"{}\" is named twice", out_.name, labels[i]));
    for (std::size_t i = 0; i < out_.dims.size(); ++i)
      if (out_.dims[i] == "_" && shape[i] != 1)
        throw ConfigError(fmt::format(
            "dataset.{}: _ stands for a dimension of size 1, but dimension {} of {} has {}: ({})",
            out_.name, i + 1, where(file, out_.first.path), shape[i], fmt::join(shape, ", ")));
  }

  /// The pieces of the trajectories of one group of files, or of one sample name of it.
  void block(const std::vector<std::size_t>& numbers,
             std::vector<std::map<std::string, Members>>& members, const std::string& sample) {
    PieceBlock block;
    block.first = out_.trajectories;
    block.sample = sample;
    if (sample.empty() && files_.files[numbers.front()].names.count("sample"))
      block.sample = files_.files[numbers.front()].names.at("sample");
    std::vector<std::int64_t> extent(out_.axes.size(), 0);
    std::int64_t offset = 0;  // along the axis that joins the files
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      add_file(numbers[i], members[i][sample], offset, block, extent);
      if (members[i][sample].empty())
        fail(fmt::format("{} holds no \"{}\" of sample \"{}\"",
                         files_.files[numbers[i]].path.string(), request_.path, sample));
      if (const int at = is_sample(files_.join) ? -1 : out_.axis(files_.join); at >= 0)
        offset = extent[static_cast<std::size_t>(at)];
    }
    settle(block, extent);
  }

  void add_file(std::size_t file, const Members& members, std::int64_t offset, PieceBlock& block,
                std::vector<std::int64_t>& extent) {
    const auto reader = cache_.open(files_.files[file].path);
    std::map<std::string, std::vector<std::string>> seen;
    std::int64_t parts = 0;  // entries of the axis "point" in earlier parts
    for (const auto& member : members) {
      Piece piece{file, member.path, reader->shape(member.path),
                  std::vector<std::int64_t>(out_.axes.size(), 0)};
      if (out_.first.components == 2) piece.shape.push_back(2);
      check_rank(piece);
      state(*reader, piece);
      for (std::size_t k = 0; k < out_.axes.size(); ++k) {
        const auto& label = out_.axes[k].label;
        auto& origin = piece.origin[k];
        if (label == files_.join) origin = offset;
        if (const auto name = member.names.find(label); name != member.names.end()) {
          auto& names = seen[label];
          const auto at = std::find(names.begin(), names.end(), name->second);
          origin += at - names.begin();
          if (at == names.end()) names.push_back(name->second);
          remember(k, origin, name->second);
        }
        if (label == "point" && pattern_.has("part")) origin = parts;
        extent[k] = std::max(extent[k], origin + size_along(piece, label));
        if (label == "point") parts = extent[k];
      }
      count_samples(piece, block);
      block.pieces.push_back(std::move(piece));
    }
    if (request_.ragged_time && files_.join != "time") check_times(file, seen["time"]);
  }

  /// Groups called by times: as far as trajectories reach, their steps must agree.
  void check_times(std::size_t file, const std::vector<std::string>& names) {
    std::vector<double> times;
    for (const auto& name : names)
      times.push_back(time_of_name(name, request_.time_decimal, files_.files[file].path.string()));
    for (std::size_t i = 1; i < std::min(times.size(), times_.size()); ++i)
      if (const double own = times[i] - times[0], other = times_[i] - times_[0];
          std::abs(own - other) > 1e-5 * std::abs(other))
        fail(
            fmt::format("{}: time \"{}\" of \"{}\" lies {:g} after the first, in others {:g}: all "
                        "samples must have the same steps",
                        files_.files[file].path.string(), names[i], request_.path, own, other));
    if (times.size() > times_.size()) times_ = std::move(times);
  }

  /// What the dataset says of its own numbers.
  void state(const Hdf5Reader& reader, Piece& piece) {
    piece.gaps = !reader.gaps(piece.path).empty();
    auto stated = conventions_of(reader, piece.path, request_.honour);
    if (out_.units.empty()) out_.units = stated.units;
    if (!stated.units.empty() && stated.units != out_.units)
      fail(fmt::format("{} is in \"{}\", others are in \"{}\": all must have the same units",
                       where(piece.file, piece.path), stated.units, out_.units));
    if (!stated.plain()) piece.stated = std::make_shared<Conventions>(std::move(stated));
  }

  /// Names along an axis of groups; other samples must have the same ones.
  void remember(std::size_t axis, std::int64_t at, const std::string& name) {
    auto& names = out_.axes[axis].names;
    const auto place = static_cast<std::size_t>(at);
    if (place == names.size()) names.push_back(name);
    if (place < names.size() && names[place] != name && !ragged(axis))
      fail(
          fmt::format("entry {} of axis \"{}\" is called \"{}\" in one place and \"{}\" in another",
                      at, out_.axes[axis].label, names[place], name));
  }

  bool ragged(std::size_t axis) const {
    return request_.ragged_time && out_.axes[axis].label == "time";
  }

  void check_rank(const Piece& piece) const {
    if (piece.shape.size() != out_.dims.size())
      fail(fmt::format("{} has the shape ({}), but \"{}\" has ({}): all must have the same rank",
                       where(piece.file, piece.path), fmt::join(piece.shape, ", "), out_.first.path,
                       fmt::join(out_.first.shape, ", ")));
    for (std::size_t i = 0; i < out_.dims.size(); ++i)
      if (out_.dims[i] == "_" && piece.shape[i] != 1)
        fail(fmt::format("{} has the shape ({}): _ stands for a dimension of size 1",
                         where(piece.file, piece.path), fmt::join(piece.shape, ", ")));
  }

  std::int64_t size_along(const Piece& piece, const std::string& label) const {
    const auto at = std::find(out_.dims.begin(), out_.dims.end(), label);
    return at == out_.dims.end() ? 1
                                 : piece.shape[static_cast<std::size_t>(at - out_.dims.begin())];
  }

  void count_samples(const Piece& piece, PieceBlock& block) const {
    const auto count = out_.sample_dim < 0 ? 1 : size_along(piece, "sample");
    if (block.pieces.empty()) block.count = count;
    if (block.count != count)
      fail(fmt::format("{} has {} samples, {} has {}", where(piece.file, piece.path), count,
                       where(block.pieces.front().file, block.pieces.front().path), block.count));
  }

  /// Compares with what is there already and appends.
  void settle(PieceBlock& block, const std::vector<std::int64_t>& extent) {
    for (std::size_t k = 0; k < extent.size(); ++k) {
      auto& axis = out_.axes[k];
      if (axis.label == "time") block.time = extent[k];
      if (axis.size == 0) axis.size = extent[k];
      check_pieces(block, k, extent[k]);
      if (axis.size == extent[k]) continue;
      if (!ragged(k))
        fail(fmt::format(
            "{} has {} entries along \"{}\", but {} has {}: all samples must have the same shape",
            where(block.pieces.front().file, block.pieces.front().path), extent[k], axis.label,
            where(out_.blocks.front().pieces.front().file, out_.first.path), axis.size));
      axis.size = std::max(axis.size, extent[k]);
    }
    if (block.count == 0) return;
    out_.trajectories += block.count;
    out_.blocks.push_back(std::move(block));
  }

  /// Pieces side by side must agree along every axis that does not join them.
  void check_pieces(const PieceBlock& block, std::size_t k, std::int64_t extent) const {
    const auto& label = out_.axes[k].label;
    if (label == files_.join || (label == "point" && pattern_.has("part"))) return;
    if (pattern_.has(label)) return;
    for (const auto& piece : block.pieces)
      if (const auto size = size_along(piece, label); size != extent)
        fail(fmt::format("{} has {} entries along \"{}\" where {} are expected",
                         where(piece.file, piece.path), size, label, extent));
  }

  const LayoutRequest& request_;
  const FileGroups& files_;
  FileCache& cache_;
  PathPattern pattern_;
  ArrayLayout out_;
  std::vector<double> times_;  // of the longest trajectory, where groups are called by them
  bool first_ = true;
};

}  // namespace

int ArrayLayout::axis(const std::string& label) const {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].label == label) return static_cast<int>(i);
  return -1;
}

bool ArrayLayout::gaps() const {
  return std::any_of(blocks.begin(), blocks.end(), [](const auto& block) {
    return std::any_of(block.pieces.begin(), block.pieces.end(),
                       [](const auto& piece) { return piece.gaps; });
  });
}

const PieceBlock& ArrayLayout::block(std::int64_t trajectory) const {
  const auto after =
      std::upper_bound(blocks.begin(), blocks.end(), trajectory,
                       [](std::int64_t t, const PieceBlock& b) { return t < b.first; });
  return *std::prev(after);
}

ArrayLayout lay_out(const LayoutRequest& request, const FileGroups& files, FileCache& cache) {
  if (request.path.empty())
    throw ConfigError(fmt::format("dataset.{}: path is missing", request.name));
  return LayoutBuilder(request, files, cache).build();
}

}  // namespace banach
