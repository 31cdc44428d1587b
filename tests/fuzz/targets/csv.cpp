// SPDX-License-Identifier: Apache-2.0
// Tables of text: every one is rows of finite size, or is refused with the file's name.
#include <string>

#include "../target.hpp"
#include "banach/error.hpp"
#include "datasets/csv.hpp"

namespace {

void read(const std::string& file, const std::vector<std::string>& columns, bool named) {
  try {
    const auto table = banach::read_text_table(file, columns, named);
    if (table.values.size() != table.lines.size() * columns.size())
      defect("rows of unequal length were read");
  } catch (const banach::Error& error) {
    const std::string what = error.what();
    if (what.find(file) == std::string::npos) defect("no file is named: " + what);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = file_with({reinterpret_cast<const char*>(data), size});
  read(file, {"x", "y"}, true);
  read(file, {"x", "t", "u"}, false);
  return 0;
}
