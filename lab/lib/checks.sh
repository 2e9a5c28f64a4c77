# The lab's tests of itself: what a guest's command, its death and its devices look like from outside.
# Prints result lines as hwtests do.
# shellcheck shell=bash

lab_checks() {
  check 'exec hands on output, errors and exit code' check_exec
  check 'a panic ends the run, with its last lines' check_panic
  check 'a guest that hangs is ended, with its last lines' check_hang
  check 'a signal ends the guest' check_signal
  check 'a QEMU that does not start is told' check_qemu
  check 'without a kernel the way out is told' check_no_kernel
  check 'VFs, igb and no IOMMU' check_devices
  check 'trace events are recorded' check_trace
  check 'the samples run' check_samples
  check 'the sample that keeps a device over a kexec' check_sample_keep
  if [[ -f $REPO/${PROGRAMS[demo]} ]]; then
    check 'the warm demo: no reset, start or stop of the controller between the kernels' check_demo_warm
    check 'the cold demo: the controller is reset' check_demo_cold
  fi
}

# check NAME FUNCTION: passed if it returns 0; what it prints says why not.
check() {
  local output event=Passed
  output=$("$2" 2>&1) || event=Failed
  printf '{"event":"%s","test":"%s","message":%s}\n' "$event" "$1" "$(json_string "$output")"
}

json_string() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  printf '"%s"' "$(tr -d '\000-\037' <<< "$text")"
}

# lab EXPECTED-CODE ARGUMENTS...: sets OUT and ERR.
lab() {
  local expected=$1 code=0 errors
  shift
  errors=$(mktemp)
  OUT=$("$REPO/lab/run" "$@" 2> "$errors") || code=$?
  # Once more where QEMU crashed: that is not what is checked.
  if ((code == EXIT_EMULATOR)); then
    code=0
    OUT=$("$REPO/lab/run" "$@" 2> "$errors") || code=$?
  fi
  ERR=$(< "$errors")
  rm "$errors"
  ((code == expected)) || { printf 'exit code %d, not %d\n%s\n' "$code" "$expected" "$ERR"; return 1; }
}

expect() { [[ $1 == $2 ]] || { printf 'expected %s in:\n%s\n' "$2" "$1"; return 1; }; }

check_exec() {
  lab 7 exec --no-build -- sh -c 'echo out; echo error >&2; exit 7' || return
  [[ $OUT == out && $ERR == error ]] || { printf '%s\n' "$OUT" "$ERR"; return 1; }
}

check_panic() {
  lab 125 exec --no-build -- sh -c 'echo c > /proc/sysrq-trigger' || return
  expect "$ERR" '*the guest died*Kernel panic - not syncing: sysrq triggered crash*'
}

check_hang() {
  lab 124 exec --no-build --timeout 10 -- sleep 1000 || return
  expect "$ERR" '*did not end within 10 s*as init process*'
}

check_signal() {
  local pid code=0 errors
  errors=$(mktemp)
  "$REPO/lab/run" exec --no-build -- sleep 1000 2> "$errors" &
  pid=$!
  sleep 3
  kill "$pid"
  wait "$pid" || code=$?
  ERR=$(< "$errors")
  rm "$errors"
  ((code == 130)) || { printf 'exit code %d\n%s\n' "$code" "$ERR"; return 1; }
  expect "$ERR" '*interrupted*'
}

check_qemu() {
  lab 125 exec --no-build --memory nonsense -- true || return
  expect "$ERR" '*QEMU ended with code 1*'
}

check_no_kernel() {
  HOME=/nonexistent DEVKEEP_LAB_CACHE='' lab 125 exec --no-build -- true || return
  expect "$ERR" '*no kernel: run lab/run setup*'
}

check_devices() {
  # shellcheck disable=SC2016 # the guest's shell expands it
  lab 0 exec --no-build --vfs 130 --igb --no-iommu -- sh -c 'cat /sys/bus/pci/devices/*/sriov_totalvfs; ls /sys/class/iommu' || return
  expect "$OUT" $'127\n3\n8\niommufd_selftest_iommu.0' # the kernel's mock IOMMU is always there
}

# VFs want a driver on their PF: igb, a module of the lab's kernel, and those that it needs.
check_samples() {
  # shellcheck disable=SC2016 # the guest's shell expands it
  lab 0 exec --no-build --nvme 1 --edu --igb -- bash -e -c '
    modules=${DEVKEEP_LAB_KERNEL%/*}/modules/$(uname -r)
    for module in $(sed -n "s|^\(.*/igb\.ko\):|\1|p" "$modules/modules.dep" | tr " " "\n" | tac); do
      insmod "$modules/$module"
    done
    for sample in "read-bar 0000:00:05.0" "edu-dma 0000:00:05.0" "nvme-identify 0000:01:00.0" "open-vf 0000:02:00.0"; do
      '"$PUBLISHED/samples/samples"' $sample
    done' || return
  expect "$OUT" '*came back as they were*QEMU NVMe*Block 0 begins with*is VF 0 of*0x8086, raw 0xffff*'
}

# The same command in both kernels, as a service of the machine would be.
check_sample_keep() {
  lab 0 exec --no-build --edu -- bash -e -c '
    devkeep keeper &
    until [[ -S /run/devkeep/keeper.sock ]]; do sleep 0.1; done
    '"$PUBLISHED/samples/samples"' keep 0000:00:05.0 "$DEVKEEP_LAB_KERNEL"' || return
  expect "$OUT" '*came over, Warm: 0 registers differ, the memory at 0x100000 says 42.*'
}

check_trace() {
  lab 0 exec --no-build --nvme 1 --trace pci_nvme_pci_reset -- sh -c 'echo 1 > /sys/bus/pci/devices/0000:01:00.0/reset' || return
  local file=${ERR##*trace: }
  grep -q pci_nvme_pci_reset "${file%%$'\n'*}" || { printf 'no reset in %s\n' "$file"; return 1; }
}

# demo TIER: sets DEMO_EVENTS and REPORT.
demo() {
  local report trace
  report=$(mktemp)
  lab 0 demo --no-build --tier "$1" --json "$report" || { printf '%s\n' "$OUT"; return 1; }
  REPORT=$(tr -d '[:space:]' < "$report")
  rm "$report"
  trace=${ERR##*trace: }
  DEMO_TRACE_FILE=${trace%%$'\n'*}
  DEMO_EVENTS=$(demo_controller_events "$DEMO_TRACE_FILE")
  demo_controller_runs "$DEMO_TRACE_FILE" || { printf 'the controller did not run when the old kernel left: %s\n' "$DEMO_TRACE_FILE"; return 1; }
}

check_demo_warm() {
  demo warm || return
  expect "$REPORT" '*"tier":"warm"*' && expect "$DEMO_EVENTS" '' && [[ $REPORT != *'"reset":true'* ]]
}

check_demo_cold() {
  demo cold || return
  expect "$REPORT" '*"tier":"cold"*' && expect "$DEMO_EVENTS" '*pci_nvme_pci_reset*' && expect "$REPORT" '*"reset":true*'
}
