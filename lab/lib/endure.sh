# What holds for long, and how long it takes: figures of many rounds. `endure_NAME` is the figure NAME.
# shellcheck shell=bash

readonly ENDURE_RESULTS=$ARTIFACTS/endure

command_endure() {
  local figures=() figure code=0
  while (($#)) && [[ $1 != -* ]]; do
    declare -F "endure_$1" > /dev/null || die "no such figure: $1 (lab/run --help)"
    figures+=("$1")
    shift
  done
  ((${#figures[@]})) || die "endure: which figure? lab/run endure FIGURE... (lab/run --help)"
  # Each figure has its own; and a guest that stands still is ended.
  ROUNDS=0 TIMEOUT=3600 STALL=300
  parse_options "$@"
  setup hwtests devkeep
  for figure in "${figures[@]}"; do
    say "endure: $figure"
    rm -rf "${ENDURE_RESULTS:?}/$figure"
    mkdir -p "$ENDURE_RESULTS/$figure"
    # What a figure asks of its guests ends with it. One that fails does not end the others.
    ("endure_$figure") || code=$?
  done
  return "$code"
}

# 20 kexecs in a row under I/O.
endure_kexecs() {
  local code=0
  endure_kexecs_case kexecs nvme-edu "--nvme 1 --edu" --rounds "$((ROUNDS ? ROUNDS : 20))" --memory 192 --named 64 --write 2048 --busy || code=$?
  endure_kexecs_report kexecs || code=$?
  return "$code"
}

# The blackout by the number of devices.
endure_blackout() {
  local code=0 rounds=$((ROUNDS ? ROUNDS : 5))
  endure_kexecs_case blackout nvme-01 "--nvme 1" --rounds "$rounds" || code=$?
  endure_kexecs_case blackout nvme-08 "--nvme 8" --rounds "$rounds" || code=$?
  endure_kexecs_case blackout vfs-64 "--vfs 64" --rounds "$rounds" || code=$?
  endure_kexecs_report blackout || code=$?
  return "$code"
}

# endure_kexecs_case FIGURE CASE GUEST-OPTIONS ARGUMENT...: a guest that goes through its kexecs; the program is the same in each kernel.
endure_kexecs_case() {
  local figure=$1 case=$2 words phase
  read -ra words <<< "$3"
  shift 3
  say "endure: $figure, $case"
  RESULTS=$ENDURE_RESULTS/$figure/$case
  mkdir -p "$RESULTS"
  (
    parse_options "${words[@]}"
    run_new
    for phase in before after; do
      # The keeper beside the program, not by it: both start at once.
      # shellcheck disable=SC2016 # for the guest's shell
      job_command "$phase" bash -c '"$0" endure keeper & exec "$0" endure kexecs "$@"' "$HWTESTS" "$@"
    done
    guest_boot
  ) < /dev/null
}

endure_kexecs_report() {
  say "the same as JSON: $ENDURE_RESULTS/$1/kexecs.json"
  "$HWTESTS" endure report "$ENDURE_RESULTS/$1"
}
