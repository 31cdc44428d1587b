// SPDX-License-Identifier: Apache-2.0
#include "datasets/output_names.hpp"

#include <algorithm>

namespace banach {
namespace {

// Parts between slashes; HDF5 does not see empty ones, and "." is the group itself.
std::string plain(const std::string& name) {
  std::string out, part;
  for (const char c : name + "/") {
    if (c != '/') {
      part += c;
      continue;
    }
    if (!part.empty()) out += (out.empty() ? "" : "/") + (part == "." ? "_" : part);
    part.clear();
  }
  return out.empty() ? "_" : out;
}

bool inside(const std::string& path, const std::string& group) {
  return path.compare(0, group.size() + 1, group + "/") == 0;
}

}  // namespace

std::string OutputNames::take(const std::string& name, const std::string& ending) {
  std::string out = plain(name);
  const auto in_the_way = [&](const std::string& other) {
    return other == out || inside(other, out) || inside(out, other);
  };
  for (;;) {
    const auto other = std::find_if(names_.begin(), names_.end(), in_the_way);
    if (other == names_.end()) break;
    // A dataset holds no others: its name is what must change, not the end of the path.
    out.insert(inside(out, *other) ? other->size() : out.size(), ending);
  }
  names_.push_back(out);
  return out;
}

}  // namespace banach
