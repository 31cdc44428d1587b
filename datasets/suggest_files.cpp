// SPDX-License-Identifier: Apache-2.0
// Several files of several runs as one pattern.
#include <algorithm>
#include <regex>
#include <set>

#include "datasets/suggest.hpp"

namespace banach {

std::vector<std::string> files_of_runs(const std::vector<std::string>& files, std::int64_t& runs) {
  static const std::regex set("^(.*)_s[0-9]+(\\.[^./]*)$");
  std::set<std::string> heads;
  std::string tail;
  for (const auto& file : files) {
    std::smatch parts;
    if (!std::regex_match(file, parts, set)) return files;
    heads.insert(parts[1].str());
    tail = "_s*" + parts[2].str();
  }
  runs = static_cast<std::int64_t>(heads.size());
  const std::string first = *heads.begin();
  if (runs == 1) return {first + tail};
  std::size_t front = first.size(), back = first.size();
  for (const auto& head : heads) {
    const auto size = std::min(head.size(), first.size());
    std::size_t same = 0;
    while (same < size && head[same] == first[same]) ++same;
    front = std::min(front, same);
    same = 0;
    while (same < size && head[head.size() - 1 - same] == first[first.size() - 1 - same]) ++same;
    back = std::min(back, same);
  }
  for (const auto& head : heads)
    back = std::min(back, head.size() > front ? head.size() - front - 1 : 0);
  return {first.substr(0, front) + "{sample}" + first.substr(first.size() - back) + tail};
}

}  // namespace banach
