# What holds for long: figures of many rounds. `endure_NAME` is the figure NAME.
# shellcheck shell=bash

readonly ENDURE_RESULTS=$ARTIFACTS/endure

command_endure() {
  local figure=${1:-}
  declare -F "endure_$figure" > /dev/null || die "endure: which figure? lab/run endure FIGURE (lab/run --help)"
  shift
  ROUNDS=0 STALL=600
  parse_options "$@"
  setup hwtests
  rm -rf "${ENDURE_RESULTS:?}/$figure"
  mkdir -p "$ENDURE_RESULTS/$figure"
  "endure_$figure"
}
