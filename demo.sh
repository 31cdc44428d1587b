#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and trains the heat equation; repeated, it shows the result again.
# Arguments go to the training: bash demo.sh --seed 1 stage.0.steps=2000
source "$(dirname "${BASH_SOURCE[0]}")/cmake/setup.sh"
install_packages "${build_packages[@]}" "${run_packages[@]}"
configure
build runtime
exec build/bin/banach train plugins/problems/heat.toml "$@"
