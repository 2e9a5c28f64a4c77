# devkeepd under siege: it, its clients and a keeper's worker killed at random points, round after round (hwtests/Siege).
# shellcheck shell=bash

# -- --seed N: the same rounds again.
endure_siege() {
  RESULTS=$ENDURE_RESULTS/siege
  # The guest of the siege's QEMU is assembled when it begins.
  have gcc || packages_add gcc libc6-dev
  # A round takes half a minute; where others have the machine too, many times that.
  STALL=1200
  TIMEOUT=$((600 + (ROUNDS ? ROUNDS : 200) * 60))
  # One CPU, as for all guests with a VMM in them: lab/guests.
  parse_options --nvme 1 --edu --cpus 1 --icount
  run_new
  # What the services log is told apart from what came of it.
  # shellcheck disable=SC2016 # for the guest's shell
  job_command before bash -c '"$0" siege "$@" 2> "$DEVKEEP_RESULTS/services.log"' "$HWTESTS" --rounds "$((ROUNDS ? ROUNDS : 200))" "${COMMAND[@]}"
  guest_boot < /dev/null
}
