#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# data.sh BANACH SOURCE: `banach data` on files of every layout, its errors and exit codes, and every
# configuration of docs/data.md.
set -u
banach=$1 source=$2 layouts=$2/tests/datasets/layouts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
ln -s "$layouts" data
failed=0

# expect CODE TEXT COMMAND...: exit code and a text that must be said.
expect() {
  local code=$1 text=$2 said
  shift 2
  said=$("$@" 2>&1)
  local got=$?
  if [[ $got != "$code" || $said != *"$text"* ]]; then
    printf 'FAILED: %s\nexit code %s instead of %s, or not said: %s\n%s\n' "$*" "$got" "$code" "$text" "$said"
    failed=1
  fi
}

expect 0 'tensor  (12, 6, 16) float32, contiguous' "$banach" data inspect data/pdebench_flat.hdf5
expect 66 'data/absent.h5: there is no such file' "$banach" data inspect data/absent.h5
expect 66 'data/absent.h5: there is no such file' "$banach" data suggest data/absent.h5
head -c 3000 data/plain.h5 >cut.h5
expect 65 'cut.h5: cannot open: truncated file' "$banach" data inspect cut.h5
echo nothing >text.h5
expect 65 'text.h5: no HDF5 file but something else' "$banach" data suggest text.h5
expect 64 'banach data --help' "$banach" data
expect 66 'absent.toml' "$banach" data check absent.toml

# What is suggested can be read.
for files in plain.h5 plain_2d.h5 train_test.h5 pdebench_flat.hdf5 pdebench_darcy.hdf5 pdebench_cfd.hdf5 \
  pdebench_grouped.h5 the_well.hdf5 dolfinx_grid.h5 dolfinx_points.h5 'dolfinx_run_*' matlab_v73.mat \
  'dedalus_run*' 'vtkhdf_run_*' netcdf.nc julia.h5 unaligned.h5; do
  # shellcheck disable=SC2086
  "$banach" data suggest data/$files >suggested.toml || failed=1
  expect 0 'NaN, infinity or damage: none' "$banach" data check suggested.toml
done

# So can everything that is documented, and trained with the lines that complete it, the second example.
awk -v RS='```toml\n' 'NR > 1 { sub(/\n```.*/, "\n"); print > ("documented" NR - 1 ".toml") }' \
  "$source/docs/data.md"
for toml in documented*.toml; do
  grep -q 'dataset' "$toml" || continue  # only a part of a configuration
  expect 0 'train: ' "$banach" data check "$toml"
  cp "$toml" whole.toml
  grep -q '^\[architecture\]' "$toml" || cat documented2.toml >>whole.toml
  expect 0 'nothing was written' "$banach" train whole.toml --dry-run threads=1
done
[[ -f documented18.toml ]] || { echo 'FAILED: docs/data.md shows fewer layouts'; failed=1; }

# Units of the data are those of the predictions.
"$banach" data suggest data/netcdf.nc >netcdf.toml
expect 0 '' "$banach" train netcdf.toml stage.0.epochs=1 threads=1 --quiet --out netcdf
expect 0 '' "$banach" predict netcdf --data data/netcdf.nc --out netcdf.h5
expect 0 '@units = "m"' "$banach" data inspect netcdf.h5

python=$(command -v /usr/bin/python3 || command -v python3)
if "$python" -c 'import h5py' 2>/dev/null; then  # other units are other numbers
  cp data/netcdf.nc km.nc && chmod u+w km.nc
  "$python" -c 'import h5py; h5py.File("km.nc", "r+")["z"].attrs["units"] = "km"'
  expect 65 'km.nc: z is in "km", but in "m" in the training data' "$banach" predict netcdf --data km.nc --out km.h5
fi

check() { expect "$1" "$2" "$banach" data check documented1.toml "${@:3}"; }
check 78 'dataset.inputs.a' 'dataset.inputs.a.axes="sample x y"'
check 65 'b' 'dataset.inputs.a.path="b"'
check 66 'absent' 'dataset.files="absent*.h5"'
check 78 'preset' 'dataset.preset="pdebank"'
check 78 'is not laid out as The Well' 'dataset.preset="the_well"'
exit $failed
