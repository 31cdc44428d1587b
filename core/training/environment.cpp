// SPDX-License-Identifier: Apache-2.0
#include "core/training/environment.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <link.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/kernels/instruction_choice.hpp"
#include "core/parameters/memory.hpp"
#include "core/plugin/stamp.hpp"
#include "core/training/process_state.hpp"

namespace banach {
namespace {

namespace fs = std::filesystem;

int collect_library(dl_phdr_info* info, std::size_t, void* out) {
  if (info->dlpi_name && *info->dlpi_name)
    static_cast<std::vector<std::string>*>(out)->push_back(info->dlpi_name);
  return 0;
}

// Where the loaded library whose file name begins so really lies; empty when none is loaded.
std::string loaded(const std::string& begin) {
  std::vector<std::string> names;
  dl_iterate_phdr(collect_library, &names);
  for (const auto& name : names) {
    if (fs::path(name).filename().string().rfind(begin, 0) != 0) continue;
    std::error_code error;
    const fs::path real = fs::canonical(name, error);
    return error ? name : real.string();
  }
  return "";
}

bool is_reference(const std::string& path) {
  return !path.empty() && fs::path(path).parent_path().filename() == "blas";
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return "unknown";
}

std::string host_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return host;
}

// OpenBLAS asks for a buffer per thread again and again, for ever, where there is no room for it.
void require_room_for_blas(int threads) {
  constexpr double buffer = 135e6;
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  require_memory((threads + 1) * buffer, fmt::format("OpenBLAS with {} threads", threads),
                 "raise the limit of the address space (ulimit -v), or lower threads");
}

}  // namespace

int prepare_process(int threads) {
  instruction_set();  // refuses a wrong choice before anything is computed
  // Tensors of some megabytes would be mapped and unmapped at every step otherwise.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_TOP_PAD, 64 << 20);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int count = threads > 0 ? threads : cores;
  if (!loaded("libopenblas").empty()) require_room_for_blas(count);
  at::set_num_threads(count);
  if (void* symbol = ::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(symbol)(count);
  return count;
}

std::string blas_in_use() {
  for (const auto& [begin, name] :
       {std::pair{"libmkl", "MKL"}, {"libopenblas", "OpenBLAS"}, {"libblis", "BLIS"}})
    if (const auto path = loaded(begin); !path.empty()) return fmt::format("{} ({})", name, path);
  const auto path = loaded("libblas");
  if (path.empty()) return at::hasMKL() ? "MKL (linked in)" : "unknown";
  if (path.find("openblas") != std::string::npos) return fmt::format("OpenBLAS ({})", path);
  return fmt::format("{} ({})", is_reference(path) ? "reference BLAS" : "BLAS", path);
}

std::string blas_warning() {
  if (blas_in_use().rfind("reference BLAS", 0) != 0) return "";
  return "LibTorch runs on the reference BLAS, which is up to 20 times slower; install OpenBLAS: "
         "apt-get install libopenblas0-pthread";
}

nlohmann::json plugins_json(const std::vector<LoadedPlugin>& plugins) {
  auto out = nlohmann::json::array();
  for (const auto& p : plugins)
    out.push_back(
        {{"name", p.plugin}, {"version", p.version}, {"path", p.path}, {"sha256", p.sha256}});
  return out;
}

nlohmann::json environment_json(const std::vector<std::string>& command_line,
                                const std::vector<LoadedPlugin>& plugins,
                                const std::string& device) {
  nlohmann::json out = {
      {"banach", engine_version()},
      {"stamp", engine_stamp()},
      {"compiler", __VERSION__},
      {"blas", blas_in_use()},
      {"cpu", cpu_model()},
      {"cores", std::thread::hardware_concurrency()},
      {"device", device},
      {"host", host_name()},
      {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"command_line", command_line},
      {"plugins", plugins_json(plugins)}};
  out.update(process_state());
  return out;
}

}  // namespace banach
