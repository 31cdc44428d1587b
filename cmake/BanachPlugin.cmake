# SPDX-License-Identifier: Apache-2.0
# banach_add_plugin(<kind>.<name> file.cpp... [TORCH]): one shared library, found beside the executable.
# TORCH: the plugin includes banach/tensor_architecture.hpp and so needs LibTorch's headers.
# Used in this tree and, installed, by projects outside it.
function(banach_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "TORCH" "" "")
  add_library(${name} MODULE ${plugin_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE banach::banach)
  if(plugin_TORCH)
    find_package(Torch REQUIRED)
    target_link_libraries(${name} PRIVATE torch)
  endif()
  target_compile_features(${name} PRIVATE cxx_std_17)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/banach/plugins
    INSTALL_RPATH "$ORIGIN/../..")
endfunction()
