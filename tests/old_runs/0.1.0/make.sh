#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make.sh BANACH: trains configurations/*.toml with the program whose format these fixtures keep, and leaves what the
# test compares beside itself: data/ (inputs), runs/ (finished and stopped ones), expected/ (what that program made of
# them). Data is named by /proc/self/cwd, so that it is found from whatever folder the program is started in.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
banach=$(realpath "$1")
work=$(realpath -m "${2:-/tmp/old_runs}")
rm -rf "$work" "$here"/{data,runs,expected}
mkdir -p "$work" "$here"/{data,runs,expected}
cd "$work"

# Inputs.
generate() {
  printf '[generator]\ntype = "%s"\nsamples = %s\nseed = %s\ndtype = "float32"\nfile = "%s"\n%s\n' "$@" >generate.toml
  "$banach" generate generate.toml --quiet
}
generate advection 12 0 advection.h5 $'points = 8\ntimes = 5'
generate advection 2 1 new_advection.h5 $'points = 8\ntimes = 5'
generate antiderivative 12 0 antiderivative.h5 'points = 9'
generate antiderivative 2 1 new_antiderivative.h5 'points = 9'
awk 'BEGIN { srand(1); print "place,time,temperature"
  for (i = 0; i < 40; ++i) { x = 3.14159 * rand(); t = 3 * rand()
    printf "%.6f,%.6f,%.6f\n", x, t, sin(x) * exp(-0.7 * t) + 0.01 * (rand() - 0.5) } }' >sensors.csv
awk 'BEGIN { print "x,y"; for (i = 0; i <= 20; ++i) printf "%.2f,%.6f\n", i / 10 - 1, sin(3 * (i / 10 - 1)) }' >wave.csv
cp ./*.h5 ./*.csv "$here/data"

# asked NAME: the points of its predictions, as options.
asked() {
  case $1 in
    *fno*) echo --data new_advection.h5 ;;
    *deeponet*) echo --data new_antiderivative.h5 ;;
    *windows*) echo --grid t=13 ;;
    *random_features*) echo --grid t=9 ;;
    *regression*) echo --grid x=9 ;;
    *) echo --grid x=5,t=4 ;;
  esac
}
# results RUN NAME: what the program makes of a run.
results() {
  local kind=csv
  [[ $(asked "$2") != --data* ]] || kind=h5
  # shellcheck disable=SC2046
  "$banach" predict "$1" $(asked "$2") -o "$here/expected/$2.$kind" >/dev/null
  rm -f "$here/expected/$2.xdmf"
  asked "$2" >"$here/expected/$2.arguments"
  "$banach" evaluate "$1" --json >"$here/expected/$2.json"
}
# keep RUN NAME: only what loading and resuming read.
keep() {
  cp -r "$1" "$here/runs/$2"
  rm -f "$here/runs/$2"/{environment.json,log.txt,timing.csv,run.lock}
  local step
  for step in $(find "$here/runs/$2/checkpoints" -name 'step-*.ck' | sort | head -n -1); do rm "$step"; done
}

for name in function second_order random_features windows inverse regression fno deeponet; do
  "$banach" train "$here/configurations/$name.toml" --quiet --out "$work/$name" >/dev/null
  keep "$work/$name" "$name"
  results "$work/$name" "$name"
done

# stopped NAME STEP CONFIGURATION...: one step a process, so that it stops at a step that is known.
stopped() {
  local name=$1 steps=$2 source=$3 step run=$work/stopped_$1
  "$banach" train "$here/configurations/$source.toml" --quiet --out "$run" --max-seconds 1e-9 >/dev/null 2>&1 || [[ $? == 75 ]]
  for ((step = 1; step < steps; ++step)); do
    "$banach" train --resume "$run" --quiet --max-seconds 1e-9 >/dev/null 2>&1 || [[ $? == 75 ]]
  done
  keep "$run" "stopped_$name"
  "$banach" train --resume "$run" --quiet >/dev/null
  results "$run" "stopped_$name"
}
stopped function 30 function
stopped soap 65 function
stopped ssbroyden 20 second_order
stopped levenberg_marquardt 38 second_order
stopped lbfgs 52 second_order
stopped windows 45 windows
stopped inverse 30 inverse
stopped fno 15 fno
stopped deeponet 15 deeponet
