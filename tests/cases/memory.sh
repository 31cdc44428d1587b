#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# memory.sh BANACH PROBLEMS SHIM TRIES: an allocation that fails, anywhere in a command, ends it with one line that says
# so, never with a death; what the run has saved is whole and goes on.
set -u
banach=$1 problems=$2 shim=$3 tries=$4
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# starved AT PERSISTENT COMMAND...: sets code and said.
starved() {
  local at=$1 persistent=$2
  shift 2
  said=$(LD_PRELOAD=$shim FAIL_ABOVE=100000 FAIL_AT=$at FAIL_PERSISTENT=$persistent FAIL_COUNT=count "$@" 2>&1 >/dev/null)
  code=$?
}

# try COMMAND...: the command with each of some of its allocations failing.
try() {
  local count i at persistent
  starved 0 0 "$@"
  [[ $code == 0 ]] || fail "$* ends with $code: $said"
  count=$(<count)
  ((count > 0)) || fail "$*: no allocation was seen"
  for ((i = 0; i < tries; ++i)); do
    at=$((1 + i * count / tries)) persistent=$((i % 2))
    starved "$at" "$persistent" "$@"
    case $code in
      0) ;; # what failed could be done without
      69 | 7[34568])
        [[ $said == *"memory"* ]] || fail "$*: allocation $at of $count: nothing of memory in: $said"
        ;;
      1) # OpenBLAS ends the process by itself
        [[ $said == "OpenBLAS: malloc failed"* ]] || fail "$*: allocation $at of $count: exit code 1: $said"
        ;;
      *) fail "$*: allocation $at of $count: exit code $code: $said" ;;
    esac
  done
}

train=("$banach" train "$problems/heat.toml" --quiet --force --out run
  stage.0.steps=40 sampling.points=512 architecture.width=64 checkpoint.every=20)
try "${train[@]}"
"${train[@]}" >/dev/null 2>&1 || fail "the run cannot be repeated"
try "$banach" evaluate run --json
try "$banach" predict run --force -o u.h5 --grid x=200,t=200

# Little address space: OpenBLAS would ask for its buffers for ever. What ends before main() names itself.
for limit in 700000 900000 1100000 1400000 3000000; do
  said=$(ulimit -v $limit && timeout -s KILL 100 "${train[@]}" 2>&1 >/dev/null)
  code=$?
  case $code in
    0 | 78 | 127) ;;
    134) [[ $said == *bad_alloc* ]] || fail "with $limit kB of addresses: exit code 134: $said" ;;
    *) fail "with $limit kB of addresses: exit code $code: $said" ;;
  esac
done
exit $failed
