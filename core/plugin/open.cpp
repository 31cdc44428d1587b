// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "core/plugin/open.hpp"

#include <boost/dll/shared_library.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "banach/error.hpp"
#include "core/plugin/stamp.hpp"

namespace banach {
namespace {

/// Never unloaded: virtual tables, functions and exceptions of plugins outlive what one can count.
std::vector<boost::dll::shared_library>& pinned() {
  static auto* libraries = new std::vector<boost::dll::shared_library>;
  return *libraries;
}

/// The dynamic loader's own words out of what Boost wraps around them, without the file's name;
/// empty when the text is not Boost's.
std::string loader_words(const std::string& text, const std::string& file) {
  const std::string before = "dlerror system message: ";
  const auto start = text.find(before), end = text.rfind("): ");
  if (start == std::string::npos || end == std::string::npos) return "";
  const auto words = text.substr(start + before.size(), end - start - before.size());
  return words.rfind(file + ": ", 0) == 0 ? words.substr(file.size() + 2) : words;
}

const char* being_opened = "";

/// A static initialiser that throws leaves the dynamic loader locked: the next library that another
/// thread opens would wait forever. So the process ends here, whether or not the exception got out.
[[noreturn]] void initialiser_threw() noexcept {
  std::string what = "an exception of an unknown type";
  try {
    throw;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  std::fprintf(stderr, "%s: a static initialiser of this plugin threw: %s\n", being_opened,
               what.c_str());
  std::_Exit(static_cast<int>(Exit::plugin));
}

/// Empty when the library is open; else the dynamic loader's reason.
std::string open_for_good(const std::string& file) {
  namespace dll = boost::dll;
  being_opened = file.c_str();
  const auto before = std::set_terminate(initialiser_threw);
  std::string words;
  try {
    // The throwing overload: the other one loses dlerror()'s text.
    pinned().emplace_back(file, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    words = loader_words(error.what(), file);
    if (words.empty()) initialiser_threw();
  } catch (...) {
    initialiser_threw();
  }
  std::set_terminate(before);
  return words;
}

std::string problem_of(const banach_plugin_descriptor& plugin) {
  const std::string rebuild = "; rebuild the plugin against this installation";
  if (plugin.api != BANACH_API_VERSION)
    return "its descriptor has api " + std::to_string(plugin.api) + " instead of " +
           std::to_string(BANACH_API_VERSION) + rebuild;
  if (plugin.size != sizeof plugin)
    return "its descriptor has " + std::to_string(plugin.size) + " bytes instead of " +
           std::to_string(sizeof plugin) + rebuild;
  if (!plugin.stamp || !plugin.name || !plugin.version || !plugin.enroll)
    return "its descriptor is incomplete; export it with BANACH_PLUGIN";
  return stamp_problem(find_stamp(plugin.stamp), engine_stamp());
}

}  // namespace

Opened open_plugin(const std::filesystem::path& file) {
  Opened out;
  if (const auto words = open_for_good(file.string()); !words.empty()) {
    out.problem = "the dynamic loader refuses it: " + words;
    return out;
  }
  const boost::dll::shared_library& library = pinned().back();
  if (!library.has("banach_plugin")) {
    out.problem = "it exports no banach_plugin; end it with BANACH_PLUGIN(...)";
    return out;
  }
  const auto& descriptor = library.get<const banach_plugin_descriptor>("banach_plugin");
  out.problem = problem_of(descriptor);
  if (out.problem.empty()) out.descriptor = &descriptor;
  return out;
}

}  // namespace banach
