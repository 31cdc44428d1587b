# SPDX-License-Identifier: Apache-2.0
# banach_add_plugin(<kind>.<name> file.cpp): one file, one shared library, found beside the executable.
# Used in this tree and, installed, by projects outside it.
function(banach_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE banach::banach)
  target_compile_features(${name} PRIVATE cxx_std_17)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/banach/plugins
    INSTALL_RPATH "$ORIGIN/../..")
endfunction()
