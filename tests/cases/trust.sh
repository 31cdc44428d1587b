#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# trust.sh BANACH PLUGINS: what may be loaded (docs/security.md), and what is said of plugins that crash. PLUGINS holds
# the folders toys and plugins of the tests.
set -u
banach=$1 built=$2
unset BANACH_PLUGIN_PATH
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# silent COMMAND...: it succeeds and has nothing to say on stderr (but that BLAS is slow).
silent() {
  local said got
  said=$("$@" 2>&1 >/dev/null)
  got=$?
  said=$(grep -v BLAS <<<"$said")
  [[ $got == 0 && -z $said ]] || fail "$* ends with $got and says: $said"
}
# become NAME: another account, as far as what it remembers goes.
become() {
  export XDG_STATE_HOME=$scratch/$1/state XDG_CACHE_HOME=$scratch/$1/cache
}
# refused COMMAND...: exit 69 with the file's name, and none of its code has run.
refused() {
  rm -f "$scratch/trace"
  BANACH_TEST_TRACE=$scratch/trace expect 69 'problem.crashes.so: the run ' "$@"
  [[ $said == *'this account has never used it'* ]] || fail "$* does not say why: $said"
  [[ ! -e $scratch/trace ]] || fail "$* has run a stranger's code"
}

mkdir -p project/plugins
cp "$built/toys/problem.crashes.so" project/plugins
cat >project/crashes.toml <<'TOML'
threads = 1
plugins.paths = ["plugins"]
[problem]
type = "crashes"
[architecture]
type = "mlp"
width = 4
depth = 1
[[stage]]
optimizer = "adam"
steps = 4
TOML
here=(train project/crashes.toml --quiet --out)

# One's own run, with a plugin of one's own: never a word.
become owner
silent "$banach" "${here[@]}" own
silent "$banach" evaluate own
silent "$banach" predict own --grid t=3 -o own.csv --force
silent "$banach" train --resume own stage.0.steps=8 --quiet
command -v gnuplot >/dev/null && silent "$banach" plot own
grep -q "\"sha256\": *\"$(sha256sum <project/plugins/problem.crashes.so | cut -c1-64)\"" own/environment.json ||
  fail 'environment.json lacks the hash'
((1 == $(grep -c '"sha256"' <(python3 -m json.tool own/environment.json | grep -A99 '"plugins"' | grep crashes -A3)))) ||
  fail 'the plugin is not recorded once'
# Built again: still one's own, and one line says so.
printf x >>project/plugins/problem.crashes.so
said=$("$banach" evaluate own 2>&1 >/dev/null | grep -v BLAS)
[[ $said == *'problem.crashes.so is not the file that the run was trained with: its SHA-256 is '* && $said != *$'\n'* ]] ||
  fail "a rebuilt plugin: $said"
cp "$built/toys/problem.crashes.so" project/plugins

# The same run in the hands of somebody else.
become stranger
rm -rf theirs && cp -r own theirs
refused "$banach" evaluate theirs
refused "$banach" predict theirs --grid t=3 -o theirs.csv
refused "$banach" plot theirs -o theirs.png
refused "$banach" train --resume theirs stage.0.steps=9 --quiet
refused "$banach" train theirs/resolved.toml --out fresh
# A run that was killed before its first checkpoint and brings ../plugins along.
mkdir -p archive && cp -r own archive/run && cp -r project/plugins archive
rm -r archive/run/checkpoints archive/run/result.json
sed -i 's|^paths = .*|paths = ["../plugins"]|' archive/run/resolved.toml
refused "$banach" train --resume archive/run --quiet
# Once is enough, and remembered for this content alone.
silent "$banach" evaluate theirs --plugin-dir project/plugins
silent "$banach" evaluate theirs
expect 0 'it starts from the beginning' "$banach" train --resume archive/run --quiet
printf y >>project/plugins/problem.crashes.so
refused "$banach" evaluate theirs
expect 0 '' "$banach" evaluate theirs --trust-plugins
expect 0 '' "$banach" evaluate theirs

# Nothing can be remembered: training works, the run needs to be told.
become nobody
export XDG_STATE_HOME=/proc/nowhere
silent "$banach" "${here[@]}" forgotten
refused "$banach" evaluate forgotten
silent "$banach" evaluate forgotten --plugin-dir project/plugins
# Runs that need no other plugins.
silent "$banach" train project/crashes.toml 'problem={ type = "decay" }' 'plugins.paths=[]' --quiet --out decay
become another
silent "$banach" evaluate decay

# A configuration that everybody can write.
chmod 666 project/crashes.toml
expect 69 'crashes.toml can be written by everybody' "$banach" "${here[@]}" open
chmod 644 project/crashes.toml

# Locks.
(cd project/plugins && sha256sum -- *.so >plugins.lock)
silent "$banach" "${here[@]}" locked
printf z >>project/plugins/problem.crashes.so
expect 69 'plugins.lock says' "$banach" "${here[@]}" unlocked
rm project/plugins/plugins.lock

# Plugins that end the process: refused by name, and nobody else notices.
mkdir bad
for name in segfaults exits aborts_enrolling throwing_initialiser; do cp "$built/plugins/problem.$name.so" bad; done
expect 0 'problem.segfaults.so: it crashes when it is loaded: SIGSEGV' "$banach" plugins --plugin-dir bad
expect 0 'problem.exits.so: it ends the process with exit code 0 when it is loaded' "$banach" plugins --plugin-dir bad
silent "$banach" "${here[@]}" beside --plugin-dir bad
expect 69 'its plugin was refused: ' "$banach" "${here[@]}" needed --plugin-dir bad problem.type=segfaults
expect 69 'it crashes when it is loaded: SIGSEGV' "$banach" plugins check bad/problem.segfaults.so
expect 69 'not a shared library' "$banach" plugins check project/crashes.toml
expect 69 'No such file' "$banach" plugins check nowhere.so
expect 0 'problem crashes: goes wrong where it is told to' "$banach" plugins check project/plugins/problem.crashes.so
expect 0 "SHA-256  $(sha256sum <project/plugins/problem.crashes.so | cut -c1-64)" "$banach" plugins check \
  project/plugins/problem.crashes.so
expect 0 'stamp    api=' "$banach" plugins check project/plugins/problem.crashes.so
# One that changes how everybody computes.
mkdir odd && cp "$built/plugins/problem.rounds_to_zero.so" odd
expect 0 'problem.rounds_to_zero.so: loading this plugin changed how the whole process computes' \
  "$banach" "${here[@]}" odd-run --plugin-dir odd

# Crashes say what was running, and end as they would have.
crash() { expect "$1" "$2" "$banach" "${here[@]}" "crash-$RANDOM$RANDOM" "${@:3}"; }
file=project/plugins/problem.crashes.so
crash 139 "banach: crashed by SIGSEGV (invalid memory access) in the code of the plugin $scratch/$file while creating " \
  problem.where=create
crash 139 "$file" problem.where=terms
crash 139 'while building problem "crashes"' problem.where=terms
crash 134 "banach: crashed by SIGABRT (aborted) with the plugin $scratch/$file on the stack while building problem" \
  problem.where=residual problem.how=abort
crash 139 "banach: crashed by SIGSEGV (invalid memory access) in the code of the plugin $scratch/$file" \
  problem.where=exact problem.how=stack
crash 139 "with the plugin $scratch/$file on the stack" problem.where=exact problem.how=library

# Problems that cannot be meant.
wrong() { expect 78 "problem \"crashes\" ($scratch/$file)$2" "$banach" "${here[@]}" wrong problem.names="$1"; }
wrong unknowns ': two unknowns are called "y"'
wrong axes ': two axes are called "t"'
wrong empty ': an unknown has no name'
wrong control ': an unknown: the name "y\n" holds the control character \n'
wrong range ': axis "t" must have lower < upper, not 1.0 and 1.0'
wrong number ': axis "t" must have lower < upper, not 0.0 and nan'
expect 78 'problem "crashes" has no terms' "$banach" "${here[@]}" wrong problem.names=none
exit $failed
