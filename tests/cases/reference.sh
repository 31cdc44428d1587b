#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# reference.sh BANACH SOURCE: docs/configuration.md is what the schemas say, and every key of every schema of the
# sources is on it (or, of catalog entries, on their pages).
set -euo pipefail
banach=$1
cd "$2"
page=docs/configuration.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "reference.sh: $*" >&2
  exit 1
}

# The page as docs/make.sh writes it.
BANACH=$banach bash docs/make.sh configuration >"$scratch/page"
cmp -s "$scratch/page" "$page" ||
  fail "$page is not what the schemas say; run docs/make.sh pages:
$(diff "$page" "$scratch/page" | head -20 || true)"

# keys: every key that a schema of the engine declares, in any file.
keys() {
  grep -rhoE 's\.field\(\s*"[^"]+"' --include='*.cpp' --include='*.hpp' --exclude='templates*' core datasets apps |
    sed -E 's/.*"([^"]+)"/\1/' | sort -u
}

# missing FILE: keys without a row there.
missing() {
  local key
  for key in $(keys); do
    grep -qE "^\| \`([^\`|]*\.)?$key\` \|" "$1" || echo "$key"
  done
}

# Layers of architectures and coefficients are on the pages of those that have them.
cat "$page" docs/architectures/*.md >"$scratch/all"
absent=$(missing "$scratch/all" | grep -vxE 'learn|input|min|max|truth' || true)
[[ -z $absent ]] || fail "no page has the keys:" $absent
for key in learn input min max truth; do
  grep -q "\b$key\b" core/training/configuration.md || fail "no page explains $key of coefficients"
done
count=$(keys | wc -l)
((count > 100)) || fail "only $count keys were found in the sources"

# The control: a page without one row.
grep -v '^| `plateau` |' "$scratch/all" >"$scratch/without"
[[ $(missing "$scratch/without") == *plateau* ]] || fail "a missing key is not found"
echo "$count keys, all on $page"
