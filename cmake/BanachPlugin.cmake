# SPDX-License-Identifier: Apache-2.0
# Used in this tree and, installed, by projects outside it.

macro(banach_find_torch)
  if(NOT kineto_LIBRARY)
    set(kineto_LIBRARY c10)  # Debian 13 has kineto inside LibTorch, whose config file misses it
  endif()
  find_package(Torch REQUIRED)
endmacro()

# The target banach_fftw: FFTW in double precision. Under the GPL, so only plugins that ask for it link it.
macro(banach_find_fftw)
  find_path(FFTW3_INCLUDE_DIR fftw3.h)
  find_library(FFTW3_LIBRARY fftw3)
  find_library(FFTW3_THREADS_LIBRARY fftw3_threads)
  if(NOT FFTW3_INCLUDE_DIR OR NOT FFTW3_LIBRARY OR NOT FFTW3_THREADS_LIBRARY)
    message(FATAL_ERROR "FFTW 3 is missing (Debian: libfftw3-dev); it may be named by FFTW3_INCLUDE_DIR, "
      "FFTW3_LIBRARY and FFTW3_THREADS_LIBRARY")
  endif()
  find_package(Threads REQUIRED)
  add_library(banach_fftw INTERFACE)
  target_include_directories(banach_fftw SYSTEM INTERFACE ${FFTW3_INCLUDE_DIR})
  target_link_libraries(banach_fftw INTERFACE ${FFTW3_THREADS_LIBRARY} ${FFTW3_LIBRARY} Threads::Threads)
endmacro()

# banach_add_plugin(<kind>.<name> file.cpp... [TORCH] [FFTW]): one shared library, found beside the executable.
# TORCH: the plugin includes banach/tensor_architecture.hpp and so needs LibTorch's headers.
# FFTW: it includes banach/fourier.hpp or fftw3.h.
function(banach_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "TORCH;FFTW" "" "")
  add_library(${name} MODULE ${plugin_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE banach::banach)
  if(plugin_TORCH)
    if(NOT TARGET torch)
      banach_find_torch()
    endif()
    target_link_libraries(${name} PRIVATE torch)
  endif()
  if(plugin_FFTW)
    if(NOT TARGET banach_fftw)
      banach_find_fftw()
    endif()
    target_link_libraries(${name} PRIVATE banach_fftw)
  endif()
  target_compile_features(${name} PRIVATE cxx_std_17)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/banach/plugins
    INSTALL_RPATH "$ORIGIN/../..")
endfunction()
