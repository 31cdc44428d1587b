#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# streams.sh BANACH PROBLEMS: commands whose standard output is full, closed or read by nobody.
set -u
banach=$1 problems=$2
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

options=(threads=1 stage.0.steps=20 checkpoint.every=10 validation.every=10)
"$banach" train "$problems/decay.toml" "${options[@]}" --quiet --out run >/dev/null || fail 'a plain run'
printf '[generator]\ntype = "antiderivative"\nsamples = 4\nfile = "out.h5"\n' >generator.toml
printf '[sweep]\nbase = "%s/decay.toml"\ngrid."stage.0.lr" = [1e-2]\n[sweep.fixed]\nstage.0.steps = 20\nthreads = 1\n' \
  "$problems" >sweep.toml
printf '[tune]\nbase = "%s/decay.toml"\ntrials = 1\nspace.lr = { key = "stage.0.lr", loguniform = [1e-3, 1e-2] }\n' \
  "$problems" >tune.toml
printf '[tune.fixed]\nstage.0.steps = 20\nthreads = 1\n' >>tune.toml
"$banach" generate generator.toml -o data.h5 --quiet >/dev/null || fail 'generate'

# One command a line: all that print.
cat >commands <<COMMANDS
--help
--version
train --help
train $problems/decay.toml ${options[*]} --quiet --force --out fresh
train $problems/decay.toml ${options[*]} --quiet --json --force --out fresh
train $problems/decay.toml ${options[*]} --quiet --report --force --out fresh
train $problems/decay.toml --print-config
train $problems/decay.toml ${options[*]} --dry-run
train --resume run
train --resume run --json
train --resume run --print-config
evaluate run
evaluate run --json
predict run --grid 3 --force
plot run
describe
describe --json
describe heat
plugins
data inspect data.h5
data suggest data.h5
generate generator.toml --force --quiet
sweep sweep.toml --out study --quiet
tune tune.toml --out tuned --quiet
COMMANDS
if ! command -v gnuplot >/dev/null; then sed -i '/^plot/d' commands; fi
while read -r line; do
  read -ra words <<<"$line"
  "$banach" "${words[@]}" >plain 2>said </dev/null || fail "$line: $(cat said)"
  [[ -s plain ]] || fail "$line prints nothing"
  "$banach" "${words[@]}" >/dev/full 2>said </dev/null
  [[ $? == 74 ]] || fail "$line > /dev/full is no error"
  grep -q '^standard output: cannot write: No space left on device$' said || fail "$line > /dev/full: $(cat said)"
  "$banach" "${words[@]}" 2>said </dev/null | true
  code=${PIPESTATUS[0]}
  [[ $code == 141 || $code == 0 ]] || fail "$line | true gave $code"
  ! grep -q 'standard output' said || fail "$line | true: $(cat said)"
  "$banach" "${words[@]}" <&- >&- 2>&- || fail "$line with closed descriptors"
done <commands
# Nothing of what was said has gone into files of the run.
"$banach" train "$problems/decay.toml" "${options[@]}" --out closed <&- >&- 2>&- || fail 'closed descriptors'
"$banach" train "$problems/decay.toml" "${options[@]}" --out open >/dev/null 2>&1 || fail 'open descriptors'
for name in metrics.csv metrics.jsonl; do cmp "open/$name" "closed/$name" || fail "$name"; done
[[ $(wc -l <closed/run.lock) == 1 ]] || fail "run.lock: $(cat closed/run.lock)"
exit $failed
