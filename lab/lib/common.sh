# Words to a person, and where things are.
# shellcheck shell=bash

# Exit codes of the lab's own, apart from the guest command's: as timeout(1), docker(1) and shells have them.
readonly EXIT_TIMEOUT=124 EXIT_LAB=125 EXIT_EMULATOR=126 EXIT_INTERRUPTED=130

readonly ARTIFACTS=$REPO/artifacts
readonly RUNS=$ARTIFACTS/lab

say() { printf 'lab: %s\n' "$*" >&2; }
warn() { say "warning: $*"; }
die() {
  say "$*"
  exit "$EXIT_LAB"
}
