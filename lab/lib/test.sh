# All tests: on the host, of the lab itself, and hwtests in a guest for each group of them.
# shellcheck shell=bash

readonly TEST_RESULTS=$ARTIFACTS/test-results
readonly HWTESTS=$PUBLISHED/hwtests/Devices.HwTests

command_test() {
  # For a whole group of tests, the longest of which takes nine minutes where it has the machine for itself; and for one of them, which
  # takes a minute and a half.
  TIMEOUT=2400 STALL=600
  # The guest's CPUs take turns on one thread. On a thread each, one of them trips now and then over the memory map that another is changing, as each IOMMU
  # domain does (QEMU 10.0, "iotlb_to_section: Assertion"), which ends the guest; and since guests run side by side, as many as this machine has CPUs, nothing is lost.
  THREAD=single
  parse_options "$@"
  ((${#COMMAND[@]} == 0)) || die "test: takes no command"
  rm -rf "$TEST_RESULTS"
  mkdir -p "$TEST_RESULTS"
  setup hwtests devkeep demo samples
  # With a filter: only those of the guests, and every one of them told.
  if [[ -z $FILTER ]]; then
    say "unit tests"
    test_units
    say "the lab itself"
    mkdir "$TEST_RESULTS/lab"
    lab_checks > "$TEST_RESULTS/lab/tests-before.jsonl"
  fi
  test_guests
  "$HWTESTS" report "$TEST_RESULTS"
}

test_units() {
  have gcc || packages_add gcc libc6-dev
  kernel_headers
  dotnet test "$REPO/tests" --configuration Release --nologo --verbosity quiet \
    --logger "trx;LogFileName=unit.trx" --results-directory "$TEST_RESULTS" >&2 || true
  [[ -f $TEST_RESULTS/unit.trx ]] || die "the unit tests did not run"
}

# One guest for each group: the tests that need the same devices, and each pair over a kexec. A guest keeps one core busy, so that
# many run side by side, and what each has said is told at its end. With a filter somebody looks on: one after the other, live.
test_guests() {
  local guest scenario groups pid
  groups=$("$HWTESTS" list --filter "$FILTER") || die "hwtests list failed"
  [[ -n $groups ]] || die "no test is named like $FILTER"
  if [[ -n $FILTER ]]; then
    while read -r guest scenario; do
      test_group "$guest" "$scenario"
    done <<< "$groups"
    return
  fi
  # Each in a process group of its own, so that an end reaches all of it.
  set -m
  trap 'for pid in $(jobs -p); do kill -- "-$pid"; done; wait; exit "$EXIT_INTERRUPTED"' INT TERM HUP
  while read -r guest scenario; do
    while (($(jobs -pr | wc -l) >= $(nproc))); do
      wait -n || true
    done
    test_group_told_at_its_end "$guest" "$scenario" &
  done <<< "$groups"
  wait
  trap - INT TERM HUP
  set +m
}

test_group_told_at_its_end() {
  local output=$TEST_RESULTS/$1${2:+-$2}.output
  (test_group "$1" "$2") > "$output" 2>&1 < /dev/null || true
  # Whole, whoever else ends now.
  flock "$TEST_RESULTS" cat "$output" >&2
}

test_group() {
  local name=$1${2:+ over kexec $2}
  local results=$TEST_RESULTS/$name
  # A group that leaves this empty has failed: the report's business.
  mkdir "$results"
  say "guest: $name"
  test_guest "$1" "$2"
  test_results_add "$results"
  # What the emulator loses or trips over now and then, it does not again: a test that ends the next guest too has failed.
  if ((GUEST_CODE == EXIT_TIMEOUT || GUEST_CODE == EXIT_EMULATOR)); then
    say "guest: $name, another one for the tests that have not ended: it may have been the emulator"
    test_guest "$1" "$2" --ended "$results"
    test_results_add "$results"
  fi
}

# test_results_add DIRECTORY: the results of the last guest, after those of the one before it.
test_results_add() {
  local file
  for file in "$RUN"/share/results/*.jsonl; do
    # The last line of a guest that hung may be cut short.
    [[ ! -f $file ]] || { cat "$file"; echo; } >> "$1/${file##*/}"
  done
}

# test_guest GUEST SCENARIO [OPTION...]: the options are those of the tests' program.
test_guest() {
  local options command=("$HWTESTS" run --guest "$1" --filter "$FILTER" "${@:3}")
  options=$(sed -n "s/^$1 \+//p" "$REPO/lab/guests")
  [[ -n $options ]] || die "a test asks for guest $1, which is not in lab/guests"
  if [[ -n $2 ]]; then
    command+=(--kexec "$2")
  fi
  if [[ -n $FILTER ]]; then
    command+=(--verbose)
  fi
  # In a subshell the options end with the guest; the run's directory is wanted after it.
  run_new
  job_command before "${command[@]}"
  job_command after "${command[@]}"
  # shellcheck disable=SC2086 # words
  GUEST_CODE=0
  (parse_options $options && guest_boot) || GUEST_CODE=$?
  # A guest that failed is the report's business. Who interrupts one wants no other.
  ((GUEST_CODE != EXIT_INTERRUPTED)) || exit "$GUEST_CODE"
}
