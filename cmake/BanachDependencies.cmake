# SPDX-License-Identifier: Apache-2.0
# Everything from the distribution: Debian 12 (LibTorch 1.13) and Debian 13 (LibTorch 2.6) both serve.
enable_language(C)  # FindHDF5 compiles a C program
find_package(Threads REQUIRED)
if(NOT kineto_LIBRARY)
  set(kineto_LIBRARY c10)  # Debian 13 has kineto inside LibTorch, whose config file warns that it is missing
endif()
find_package(Torch REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(Boost 1.74 CONFIG REQUIRED)  # headers only: DLL, Random
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)  # SHA-256
