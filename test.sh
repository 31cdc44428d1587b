#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs the tests: bash test.sh [quick|long|all] [ctest options]
source "$(dirname "${BASH_SOURCE[0]}")/cmake/setup.sh"
label=quick
if [[ ${1:-} =~ ^[a-z_]+$ ]]; then
  label=$1
  shift
fi
if [[ $label == long || $label == all ]]; then test_packages+=(clang libclang-rt-dev); fi  # libFuzzer
install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
configure
build all
say "running the tests: $label"
selection=(-L "^$label\$")
if [[ $label == all ]]; then selection=(); fi
exec ctest --test-dir build "${selection[@]}" --no-tests=error --output-on-failure \
  -j "$(jobs_for_memory)" "$@" </dev/null
