// SPDX-License-Identifier: Apache-2.0
#include "datasets/data_sources.hpp"

#include <algorithm>

#include "banach/error.hpp"
#include "datasets/file_kind.hpp"
#include "datasets/hdf5_file.hpp"
#include "datasets/probe.hpp"

namespace banach {
namespace {

std::vector<std::filesystem::path> sources_of(const std::filesystem::path& file) try {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error) || kind_of_file(file) != FileKind::hdf5)
    return {};
  probe_hdf5(file);
  const Hdf5Reader reader(file);
  for (const auto& object : reader.walk())
    if (!object.group && object.dataset.storage == "virtual") reader.gaps(object.path);
  return reader.sources();
} catch (const Error&) {  // whoever reads it says what is wrong with it
  return {};
}

}  // namespace

std::vector<std::filesystem::path> with_sources(const std::vector<std::filesystem::path>& files) {
  std::vector<std::filesystem::path> out;
  const auto add = [&](const std::filesystem::path& file) {
    if (std::find(out.begin(), out.end(), file) == out.end()) out.push_back(file);
  };
  for (const auto& file : files) {
    add(file);
    for (const auto& source : sources_of(file)) add(source);
  }
  return out;
}

}  // namespace banach
