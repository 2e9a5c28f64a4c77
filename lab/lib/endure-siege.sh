# devkeepd under siege: it, its clients and a keeper's worker killed at random points, round after round (hwtests/Siege).
# shellcheck shell=bash

# -- --seed N: the same rounds again.
endure_siege() {
  RESULTS=$ENDURE_RESULTS/siege
  # A round takes some seconds.
  TIMEOUT=$((600 + (ROUNDS ? ROUNDS : 200) * 30))
  parse_options --nvme 1 --edu
  run_new
  # What the services log is told apart from what came of it.
  # shellcheck disable=SC2016 # for the guest's shell
  job_command before bash -c '"$0" siege "$@" 2> "$DEVKEEP_RESULTS/services.log"' "$HWTESTS" --rounds "$((ROUNDS ? ROUNDS : 200))" "${COMMAND[@]}"
  guest_boot < /dev/null
}
