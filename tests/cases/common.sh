# SPDX-License-Identifier: Apache-2.0
# Sourced by the cases that are sequences of commands: a scratch folder, and what is expected of a command. A case ends
# with `exit $failed`.
# shellcheck disable=SC2034  # said and failed are read by the cases
failed=0
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

fail() {
  echo "FAILED: $*"
  failed=1
}

# expect CODE TEXT COMMAND...: the command must end with CODE and say TEXT; all that it said is in `said`.
expect() {
  local code=$1 text=$2 got
  shift 2
  said=$("$@" 2>&1)
  got=$?
  if [[ $got != "$code" || $said != *"$text"* ]]; then
    fail "$(printf '%s\nexit code %s, wanted %s and: %s\nsaid: %s' "$*" "$got" "$code" "$text" "$said")"
  fi
}
