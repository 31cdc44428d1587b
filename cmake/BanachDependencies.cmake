# SPDX-License-Identifier: Apache-2.0
# Everything from the distribution: Debian 12 (LibTorch 1.13) and Debian 13 (LibTorch 2.6) both serve.
enable_language(C)  # FindHDF5 compiles a C program
find_package(Threads REQUIRED)
# Optional: parts of a step on several threads.
find_package(OpenMP)
include(BanachPlugin)
banach_find_torch()
find_package(tomlplusplus CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(Boost 1.74 CONFIG REQUIRED)  # headers only: DLL, Random, odeint, uBLAS
find_package(HDF5 REQUIRED COMPONENTS C HL)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)  # SHA-256
find_path(BANACH_LZF_INCLUDE lzf.h PATH_SUFFIXES liblzf REQUIRED)  # the filter that h5py brings itself
find_library(BANACH_LZF_LIBRARY lzf REQUIRED)
add_library(banach_lzf INTERFACE IMPORTED)
target_include_directories(banach_lzf INTERFACE ${BANACH_LZF_INCLUDE})
target_link_libraries(banach_lzf INTERFACE ${BANACH_LZF_LIBRARY})
