#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full_disk.sh BANACH SOURCE MOMENTS: every verb that writes, on a disk that is full after a while, MOMENTS times each:
# exit code 73 or 74, the reason said, no temporary file left, and the command succeeds once there is room.
set -u
if [[ -z ${BANACH_OWN_MOUNTS:-} ]]; then
  if ! unshare -m true 2>/dev/null; then
    echo 'may not mount a tmpfs here'
    exit 0
  fi
  BANACH_OWN_MOUNTS=1 exec unshare -m bash "$0" "$@"
fi
banach=$1 source=$2 moments=$3
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
trap 'umount "$scratch/disk" 2>/dev/null; rm -rf "$scratch"' EXIT
mkdir disk
problems=$source/plugins/problems

options=(threads=1 stage.0.steps=60 checkpoint.every=10 validation.every=10 output.log_every=5 --quiet)
"$banach" train "$problems/decay.toml" "${options[@]}" --out run >/dev/null || fail 'a plain run'
printf '[generator]\ntype = "antiderivative"\nsamples = 200\nfile = "out.h5"\n' >generator.toml
fixed='stage.0.steps = 20\nthreads = 1\ncheckpoint.every = 10\n'
{
  printf '[sweep]\nbase = "%s/decay.toml"\ngrid."stage.0.lr" = [1e-2, 1e-3]\n[sweep.fixed]\n' "$problems"
  printf '%b' "$fixed"
} >sweep.toml
{
  printf '[tune]\nbase = "%s/decay.toml"\ntrials = 2\n' "$problems"
  printf 'space.lr = { key = "stage.0.lr", loguniform = [1e-3, 1e-2] }\n[tune.fixed]\n%b' "$fixed"
} >tune.toml

# What each verb does on the disk; called again, it goes on.
verb_train() {
  if [[ -f disk/run/resolved.toml ]]; then
    "$banach" train --resume disk/run --quiet
  else
    "$banach" train "$problems/decay.toml" "${options[@]}" --out disk/run
  fi
}
verb_resume() {
  [[ -d disk/run ]] || cp -r run disk/run 2>/dev/null
  "$banach" train --resume disk/run stage.0.steps=120 --quiet
}
verb_result() { "$banach" train --resume run --result-json disk/result.json; }
verb_hdf5() { "$banach" predict run --grid 500 --force -o disk/out.h5; }
verb_csv() { "$banach" predict run --grid 500 --force -o disk/out.csv; }
verb_plot() { TMPDIR=$PWD/disk "$banach" plot run --force -o disk/out.png; }
verb_generate() { "$banach" generate generator.toml --quiet -o disk/out.h5; }
verb_sweep() { "$banach" sweep sweep.toml --out disk/sweep --quiet; }
verb_tune() { "$banach" tune tune.toml --out disk/tune --quiet; }
verb_new() { (cd disk && "$banach" new problem thing); }
verb_stdout() { "$banach" describe --json >disk/described.json; }
fill() { mount -t tmpfs -o "size=$1" tmpfs disk; }

verbs=(train resume result hdf5 csv generate sweep tune new stdout)
if command -v gnuplot >/dev/null; then verbs+=(plot); fi
full=0
for verb in "${verbs[@]}"; do
  fill 256m
  "verb_$verb" >out 2>said || fail "$verb with room enough: $(cat said)"
  pages=$(($(df --output=used -k disk | tail -1) / 4))
  umount disk
  first=1
  if [[ $verb == resume ]]; then  # the run itself has room
    fill 256m
    cp -r run disk/run
    first=$(($(df --output=used -k disk | tail -1) / 4))
    umount disk
  fi
  for ((k = 0; k < moments; ++k)); do  # spread over all that the verb writes
    size=$(((first + (2 * k + 1) * (pages - first) / (2 * moments)) * 4))
    fill ${size}k
    "verb_$verb" >out 2>said
    code=$?
    at="$verb on a disk of $size KiB"
    case $code in
      0) ;;
      73 | 74)
        full=$((full + 1))
        grep -qi 'no space left on device' said || fail "$at does not say why: $(cat said)"
        ;;
      *) fail "$at gave $code: $(cat said)" ;;
    esac
    left=$(find disk -name '.tmp-*' -o -name 'banach-plot-*')
    [[ -z $left ]] || fail "$at left $left"
    mount -o remount,size=256m disk
    "verb_$verb" >out 2>said || fail "$at: the next try gave $?: $(cat said)"
    case $verb in
      sweep) ! grep -q failed disk/sweep/sweep.csv || fail "$at: a lost trial was not trained again" ;;
      tune) ! grep -q failed disk/tune/trials.csv || fail "$at: a lost trial was not trained again" ;;
    esac
    umount disk
  done
done
((full > moments)) || fail "the disk was full only $full times"

# on_error = "continue": training continues without what could not be written, and reports that at the end.
fill 64k
"$banach" train "$problems/decay.toml" "${options[@]}" 'checkpoint.on_error="continue"' output.log_every=1 \
  stage.0.steps=3000 --out disk/run >out 2>said
code=$?
[[ $code == 74 ]] || fail "a run that could not save its end gave $code"
grep -q 'is not saved, training goes on' said || fail "no checkpoint is missed: $(cat said)"
grep -q 'rows from step .* on are missing, training goes on' said || fail "no row is missed: $(cat said)"
mount -o remount,size=64m disk
"$banach" train --resume disk/run --quiet >out 2>said || fail "the next try: $(cat said)"
umount disk
# A limit of the shell is a full disk as well, not the end of the process.
(
  ulimit -f 8
  "$banach" train "$problems/decay.toml" "${options[@]}" output.log_every=1 stage.0.steps=3000 --out limited
) >out 2>said
code=$?
[[ $code == 74 ]] || fail "ulimit -f gave $code: $(cat said)"
grep -q 'File too large' said || fail "ulimit -f: $(cat said)"
echo "$full full disks"
exit $failed
