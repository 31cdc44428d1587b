// SPDX-License-Identifier: Apache-2.0
// Hdf5Reader: virtual datasets, whose numbers come from other datasets. The library reads fill
// values where a source is missing, damaged or too small, and says nothing.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "banach/error.hpp"
#include "datasets/hdf5_selection.hpp"

namespace banach {
namespace {

using Gaps = std::vector<Hdf5Gap>;

constexpr std::size_t deepest_source = 16;

/// A part of a virtual dataset, and the part of a source that it shows.
struct Mapping {
  std::string file, dataset;
  Hdf5Handle where, from;
};

template <class Get>
std::string name_of(hid_t properties, std::size_t i, const Get& get) {
  const auto length = get(properties, i, nullptr, 0);
  std::string name(static_cast<std::size_t>(std::max<ssize_t>(length, 0)) + 1, '\0');
  get(properties, i, name.data(), name.size());
  name.resize(name.size() - 1);
  return name;
}

/// "part_%b" -> "part_3"; "%%" stands for a percent sign.
std::string numbered(const std::string& name, std::int64_t block) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char next = name[i] == '%' && i + 1 < name.size() ? name[i + 1] : '\0';
    if (next == 'b' && block >= 0)
      out += std::to_string(block), ++i;
    else if (out += name[i]; next == '%')
      ++i;
  }
  return out;
}

bool has_number(const std::string& name) {
  for (std::size_t i = 0; i + 1 < name.size(); ++i)
    if (name[i] == '%' && name[++i] == 'b') return true;
  return false;
}

/// The mappings; one whose sources are numbered becomes one for each number.
std::vector<Mapping> mappings_of(hid_t properties, const Shape& shape) {
  std::vector<Mapping> out;
  std::size_t count = 0;
  H5Pget_virtual_count(properties, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto file = name_of(properties, i, H5Pget_virtual_filename),
               dataset = name_of(properties, i, H5Pget_virtual_dsetname);
    const auto space = [&](auto get) { return Hdf5Handle(get(properties, i), H5Sclose); };
    auto where = space(H5Pget_virtual_vspace), from = space(H5Pget_virtual_srcspace);
    if (!has_number(file) && !has_number(dataset)) {
      out.push_back({numbered(file, -1), numbered(dataset, -1), std::move(where), std::move(from)});
      continue;
    }
    const Hyperslab slab(where.get());
    const auto blocks = slab.unlimited < 0 ? 0 : slab.blocks_within(shape);
    for (std::int64_t b = 0; b < blocks; ++b)
      out.push_back({numbered(file, b), numbered(dataset, b), slab.block_of(shape, b),
                     space(H5Pget_virtual_srcspace)});
  }
  return out;
}

/// The reasons of an error without the file in front, which is named anyway.
std::string without_path(const std::string& text, const std::filesystem::path& path) {
  const auto head = path.string() + ": ";
  return text.rfind(head, 0) == 0 ? text.substr(head.size()) : text;
}

/// Looks into the source of one mapping.
class SourceCheck {
 public:
  SourceCheck(Hdf5Reader::Impl& owner, const Shape& shape, std::vector<std::string>& trail)
      : owner_(owner), shape_(shape), trail_(trail) {}

  /// What of the mapping is not there. Cuts an unlimited one down to what its source holds.
  Gaps gaps(Mapping& mapping) {
    const bool own = mapping.file == ".";
    Hdf5Reader::Impl source;
    const auto path = own ? owner_.path : owner_.path.parent_path() / mapping.file;
    const auto who =
        own ? fmt::format("they come from \"{}\"", mapping.dataset)
            : fmt::format("they come from \"{}\" in {}", mapping.dataset, mapping.file);
    try {
      source.open_file(path, !own);
      if (!own) owner_.sources.insert(path);
      return look(mapping, source, who);
    } catch (const DataError& error) {
      const auto within = within_shape(mapping.where.get(), shape_);
      return boxes_of(within.get(), who + ": " + without_path(error.what(), path));
    }
  }

 private:
  Gaps look(Mapping& mapping, Hdf5Reader::Impl& source, const std::string& who) {
    const auto id = source.dataset(mapping.dataset);
    const auto info = source.describe(id.get(), mapping.dataset);
    source.require_readable(id.get(), info);
    fit(mapping, source, info);
    const auto inner = source.find_gaps(id.get(), info, trail_);
    owner_.sources.insert(source.sources.begin(), source.sources.end());
    Gaps out;
    for (const auto& gap : inner) {
      const auto part = projected(mapping.from.get(), mapping.where.get(), info.shape, gap);
      if (!part.valid()) source.fail(gap.why);
      for (auto& box : boxes_of(part.get(), who + ", where " + gap.why)) out.push_back(box);
    }
    return out;
  }

  /// The selections as they are on the source that is there.
  void fit(Mapping& mapping, const Hdf5Reader::Impl& source, const Hdf5DatasetInfo& info) const {
    const Hyperslab where(mapping.where.get()), from(mapping.from.get());
    if (where.unlimited >= 0 && from.unlimited >= 0 && from.start.size() == info.shape.size()) {
      const auto slices = from.slices_within(info.shape);
      mapping.where = where.slices(shape_, slices);
      mapping.from = from.slices(info.shape, slices);
      return;
    }
    const bool all = H5Sget_select_type(mapping.from.get()) == H5S_SEL_ALL;
    const auto wanted = H5Sget_select_npoints(mapping.where.get());
    const bool fits = all ? info.elements() == wanted
                          : lies_within(mapping.from.get(), info.shape) &&
                                H5Sget_select_npoints(mapping.from.get()) == wanted;
    if (!fits)
      source.fail(fmt::format("it has the shape ({}), which is not what was mapped: {} numbers{}",
                              fmt::join(info.shape, ", "), wanted,
                              all ? "" : " at " + range_text(mapping.from.get())));
    mapping.from = on_extent(mapping.from.get(), info.shape);
  }

  Hdf5Reader::Impl& owner_;
  const Shape& shape_;
  std::vector<std::string>& trail_;
};

}  // namespace

std::vector<Hdf5Gap> Hdf5Reader::Impl::virtual_gaps(hid_t dataset, const Hdf5DatasetInfo& info,
                                                    std::vector<std::string>& trail) {
  const auto key = path.string() + "\n" + info.path;
  if (std::find(trail.begin(), trail.end(), key) != trail.end() || trail.size() >= deepest_source)
    fail(fmt::format("virtual dataset \"{}\" leads back to itself", info.path));
  trail.push_back(key);
  const auto properties = checked(H5Dget_create_plist(dataset), H5Pclose, info.path);
  SourceCheck check(*this, info.shape, trail);
  Gaps out;
  auto left = full_selection(info.shape);
  for (auto& mapping : mappings_of(properties.get(), info.shape)) {
    auto gaps = check.gaps(mapping);
    out.insert(out.end(), gaps.begin(), gaps.end());
    left = without(std::move(left), mapping.where.get(), info.shape);
  }
  for (const auto& box : boxes_of(left.get(), "no source of the virtual dataset covers them"))
    out.push_back(box);
  trail.pop_back();
  return out;
}

void Hdf5Reader::Impl::require_sources(hid_t dataset, const std::string& name) const {
  const char* prefix = std::getenv("HDF5_VDS_PREFIX");
  if (prefix && *prefix)
    fail(
        fmt::format("dataset \"{}\" takes numbers from other files, and HDF5_VDS_PREFIX is set; "
                    "unset it: they are looked for beside this file alone",
                    name));
  const auto properties = checked(H5Dget_create_plist(dataset), H5Pclose, name);
  std::size_t count = 0;
  if (H5Pget_virtual_count(properties.get(), &count) < 0)
    fail(fmt::format("{}: {}", name, hdf5_reason()));
  for (std::size_t i = 0; i < count; ++i) {
    const auto source = name_of(properties.get(), i, H5Pget_virtual_filename);
    const std::filesystem::path part(source);
    bool above = part.is_absolute();
    for (const auto& step : part) above = above || step == "..";
    if (above)
      fail(
          fmt::format("dataset \"{}\" takes numbers from {}, outside the folder of the file; "
                      "h5repack writes them into one file",
                      name, source));
  }
}

}  // namespace banach
