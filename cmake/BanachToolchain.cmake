# SPDX-License-Identifier: Apache-2.0
# Compiler cache, linker, warnings and sanitizers: what is there is used, nothing is required.
find_program(BANACH_CCACHE ccache)
if(BANACH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${BANACH_CCACHE})
  add_compile_options(-fpch-preprocess)
endif()
find_program(BANACH_LLD ld.lld)
if(BANACH_LLD)
  add_link_options(-fuse-ld=lld)
endif()
add_compile_options(-Wall -Wextra -Wpedantic)
if(BANACH_SANITIZE)
  add_compile_options(-fsanitize=${BANACH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${BANACH_SANITIZE})
endif()
if(BANACH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)  # a LibTorch outside the system's folders is found again
