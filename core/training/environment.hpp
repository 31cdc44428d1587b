// SPDX-License-Identifier: Apache-2.0
// The machine under a run: threads, memory allocator, linear algebra library.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/plugin/plugin_manager.hpp"

namespace banach {

/// Sets the threads of LibTorch and OpenBLAS (0: all cores) and keeps freed memory in the process.
/// Returns the number in use. ConfigError for an unknown BANACH_ISA.
BANACH_API int prepare_process(int threads);

/// The BLAS that LibTorch runs on in this process: "OpenBLAS (/usr/lib/...)", "reference BLAS
/// (...)".
BANACH_API std::string blas_in_use();
/// A sentence when that is the reference BLAS, which is 20 times slower; else empty.
BANACH_API std::string blas_warning();

/// Versions, BLAS, CPU, process_state(), host, device, command line and plugins.
BANACH_API nlohmann::json environment_json(const std::vector<std::string>& command_line,
                                           const std::vector<LoadedPlugin>& plugins,
                                           const std::string& device);
/// {"name", "version", "path", "sha256"} of every plugin.
BANACH_API nlohmann::json plugins_json(const std::vector<LoadedPlugin>& plugins);

}  // namespace banach
