// SPDX-License-Identifier: Apache-2.0
// Journals of studies: read to the last whole line, or refused with the file's name; the outcomes
// of trials in them likewise.
#include <filesystem>
#include <string>

#include "../target.hpp"
#include "banach/error.hpp"
#include "core/study/journal.hpp"
#include "core/study/outcome.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banach;
  const std::filesystem::path file = file_with({reinterpret_cast<const char*>(data), size});
  static const Folder folder(file.parent_path());
  try {
    const Journal journal(folder, file.filename());
    for (const auto& record : journal.records()) {
      if (!record.is_object()) defect("a record that is no object was read");
      try {
        const TrialOutcome outcome = to_outcome(record);
        if (to_outcome(to_json(outcome)).state != outcome.state)
          defect("written and read, an outcome differs");
      } catch (const DataError&) {
      }
    }
  } catch (const Error& error) {
    if (std::string(error.what()).find(file.string()) == std::string::npos)
      defect(std::string("no file is named: ") + error.what());
  }
  return 0;
}
