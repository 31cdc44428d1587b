# SPDX-License-Identifier: Apache-2.0
# Used in this tree and, installed, by projects outside it.

macro(banach_find_torch)
  if(NOT kineto_LIBRARY)
    set(kineto_LIBRARY c10)  # Debian 13 has kineto inside LibTorch, whose config file misses it
  endif()
  find_package(Torch REQUIRED)
endmacro()

# banach_add_plugin(<kind>.<name> file.cpp... [TORCH]): one shared library, found beside the executable.
# TORCH: the plugin includes banach/tensor_architecture.hpp and so needs LibTorch's headers.
function(banach_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "TORCH" "" "")
  add_library(${name} MODULE ${plugin_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE banach::banach)
  if(plugin_TORCH)
    if(NOT TARGET torch)
      banach_find_torch()
    endif()
    target_link_libraries(${name} PRIVATE torch)
  endif()
  target_compile_features(${name} PRIVATE cxx_std_17)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/banach/plugins
    INSTALL_RPATH "$ORIGIN/../..")
endfunction()
