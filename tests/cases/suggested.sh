#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# suggested.sh BANACH LAYOUTS: what `banach data suggest` writes for a file trains as it is, and ends below the
# mean of the training outputs, which it prints. Longer trainings are cut to some epochs.
set -uo pipefail
banach=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$2" "$work/data"
cd "$work" || exit 1
failed=0

# below_mean: whether every unknown of the printed tables has less than the mean's relative L2 error.
below_mean() {
  awk '
    /^[a-z-]+ .* relative L2 / { part = $1; next }
    part == "unknown" { error[$1] = $(NF - 1); only = $1 }
    part == "baseline" && /^mean of the training outputs/ {
      mean[$5 == "outputs," ? $6 : only] = $(NF - 1)
    }
    END {
      for (name in error) {
        known++
        if (!(name in mean) || !(error[name] < mean[name])) exit 1
      }
      exit known == 0
    }' "$1"
}

# trains EPOCHS FILES: with 0 epochs as suggested.
trains() {
  local shorter=()
  (($1 == 0)) || shorter=("stage.0.epochs=$1")
  # shellcheck disable=SC2086
  if ! { "$banach" data suggest data/$2 >my.toml &&
    "$banach" train my.toml "${shorter[@]}" threads=1 --quiet --out run --force; } >said 2>&1; then
    echo "$2: training failed:" && cat said && failed=1
  elif ! below_mean said; then
    echo "$2: not below the mean of the training outputs:" && cat said && failed=1
  fi
}

trains 0 unaligned.h5
trains 0 dolfinx_points.h5
trains 0 'dolfinx_run_*'
trains 60 plain.h5
trains 60 pdebench_cfd.hdf5
trains 60 the_well.hdf5
trains 60 matlab_v73.mat
trains 60 'dedalus_run*'
trains 60 netcdf.nc

# The check can fail.
printf 'unknown  MAE  relative L2  max error\nu  1e-1  2e-1  1e0\nbaseline  MAE  relative L2  max error\n' >said
below_mean said && { echo 'FAILED: no baseline counts as one'; failed=1; }
printf 'mean of the training outputs  1e-1  1.5e-1  1e0\n' >>said
below_mean said && { echo 'FAILED: what is above the mean counts as below'; failed=1; }
exit "$failed"
