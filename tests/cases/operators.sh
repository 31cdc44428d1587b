#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# operators.sh BANACH FOLDER: every ready configuration of an operator, on a few samples that it generates for
# itself: two steps, errors, another resolution where the grid allows it, predictions.
set -uo pipefail
banach=$1 folder=$2 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in "$folder"/*.toml; do
  name=$(basename "$file" .toml)
  run=$work/$name
  few=()
  if grep -q '"pod"' "$file"; then few=(architecture.trunk.modes=8); fi  # no more modes than samples
  if ! "$banach" train "$file" --out "$run" --quiet threads=1 "dataset.files=$work/$name.h5" \
    dataset.generate.samples=24 'dataset.split.train="0:16"' 'dataset.split.validation="16:20"' \
    'dataset.split.test="20:24"' stage.0.epochs=1 stage.0.batch=8 "${few[@]}" >"$work/out" 2>&1; then
    echo "$name: training failed:" && cat "$work/out" && failed=1 && continue
  fi
  grep -q 'mean of the training outputs' "$work/out" || { echo "$name: no baseline"; failed=1; }
  "$banach" evaluate "$run" --json >"$work/evaluation" || { echo "$name: evaluation failed"; failed=1; }
  grep -q '"samples": 4' "$work/evaluation" || { echo "$name: another split was measured"; failed=1; }
  "$banach" predict "$run" --data "$work/$name.h5" --out "$run.predicted.h5" >"$work/out" 2>&1 ||
    { echo "$name: prediction failed:" && cat "$work/out" && failed=1; }
  grep -q 'of 24 samples, with targets and errors' "$work/out" || { echo "$name: $(cat "$work/out")"; failed=1; }
done
exit "$failed"
