// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "core/plugin/open.hpp"

#include <boost/dll/shared_library.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "banach/error.hpp"
#include "core/plugin/code_ranges.hpp"
#include "core/plugin/floating_point.hpp"
#include "core/plugin/running.hpp"
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

void say(const char* words) {
  std::fprintf(stderr, "%s: a static initialiser of this plugin threw: %s\n", being_opened, words);
}
void (*report)(const char* words) = say;

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
  report(what.c_str());
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
  if (words.empty()) remember_code(pinned().back().native(), file);
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

/// Empty when the descriptor holds, and then it is there.
std::string descriptor_of(const std::string& file, const banach_plugin_descriptor*& plugin) {
  if (auto words = open_for_good(file); !words.empty())
    return "the dynamic loader refuses it: " + words;
  const boost::dll::shared_library& library = pinned().back();
  if (!library.has("banach_plugin"))
    return "it exports no banach_plugin; end it with BANACH_PLUGIN(...)";
  plugin = &library.get<const banach_plugin_descriptor>("banach_plugin");
  return problem_of(*plugin);
}

std::string enrol(const banach_plugin_descriptor& plugin, Registry& entries) {
  try {
    plugin.enroll(entries);
    return entries.entries().empty() ? "it enrols nothing" : "";
  } catch (const PluginError& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("its enrolment failed: ") + error.what();
  } catch (...) {
    return "its enrolment failed with an exception of an unknown type";
  }
}

}  // namespace

void open_plugin(const std::filesystem::path& file, Opened& out) {
  const std::string name = file.string();
  const Running running("loading the plugin", name.c_str());
  FloatingPointGuard control;
  const banach_plugin_descriptor* plugin = nullptr;
  out.problem = descriptor_of(name, plugin);
  out.changed_floating_point = control.restore();
  if (!out.problem.empty()) return;
  out.origin = {plugin->name, plugin->version, name};
  out.built_with = plugin->built_with ? plugin->built_with : "";
  out.entries.enter(out.origin);
  out.problem = enrol(*plugin, out.entries);
  out.changed_floating_point |= control.restore();
}

void report_throwing_initialisers(void (*how)(const char* words)) { report = how; }

}  // namespace banach
