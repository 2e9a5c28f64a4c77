# One run of a guest: its directory, its job, its end.
#
# The contract with lab/guest/init, all of it in the run's directory:
#   share/job/before   script that the guest runs
#   share/job/after    script that it runs in a kernel booted with devkeep.phase=after (the one that kexec started)
#   share/job/env      variables for both
#   share/job/binds    directories that the guest's own /tmp would hide
#   share/results/     DEVKEEP_RESULTS of the guest
#   share/results/etc/ what a guest with systemd finds in its /etc, in each of its kernels: units, say
#   share/exit-code    written last; a guest that ends without it has died
# shellcheck shell=bash

readonly RUNS_KEPT=10
# Lines of the console that a dead guest leaves us with.
readonly LAST_LINES=30
INTERRUPTED=0

run_new() {
  mkdir -p "$RUNS"
  runs_prune
  RUN=$(mktemp -d "$RUNS/run.$(date +%Y%m%d-%H%M%S).XXXX")
  chmod 755 "$RUN"
  mkdir -p "$RUN/share/job" "$RUN/share/results" "$RUN/disks"
  trap run_end EXIT
}

runs_prune() {
  local old
  find "$RUNS" -maxdepth 1 -name 'run.*' | sort -r | tail -n "+$RUNS_KEPT" | while read -r old; do
    # A run that is going on has its disks still.
    [[ -d $old/disks ]] || rm -rf "$old"
  done
}

run_end() {
  rm -rf "$RUN/disks" "$RUN/stdout" "$RUN/stderr"
}

# job_command PHASE COMMAND...: the job is one command, run where lab/run was called.
job_command() {
  local phase=$1
  shift
  {
    printf '#!/bin/bash\n'
    printf 'cd %q 2>/dev/null || cd %q\n' "$PWD" "$REPO"
    printf 'exec'
    printf ' %q' "$@"
    printf '\n'
  } > "$RUN/share/job/$phase"
  chmod +x "$RUN/share/job/$phase"
}

guest_boot() {
  local columns=120
  if [[ -t 1 ]]; then
    columns=$(tput cols)
  fi
  ((!SYSTEMD)) || systemd_prepare
  guest_environment "$columns" > "$RUN/share/job/env"
  guest_binds > "$RUN/share/job/binds"
  qemu_arguments
  local qemu=("${QEMU[@]}") code=0 output=() pid
  if ((TIMEOUT)); then
    qemu=(timeout --foreground --kill-after=5 "$TIMEOUT" "${QEMU[@]}")
  fi
  if ((INTERACTIVE)); then
    "${qemu[@]}" || code=$?
  else
    # FIFOs, and cat on this end: whatever our output is (terminal, pipe, file), it comes live. They are held open here
    # meanwhile, so that no opener waits for another one, and cat ends when QEMU has and we let go.
    local out error
    mkfifo "$RUN/stdout" "$RUN/stderr"
    exec {out}<> "$RUN/stdout" {error}<> "$RUN/stderr"
    cat < "$RUN/stdout" {out}>&- {error}>&- &
    output+=($!)
    cat < "$RUN/stderr" >&2 {out}>&- {error}>&- &
    output+=($!)
    # In the background, so that a signal to us ends the guest too. A signal ends wait, hence the loop.
    "${qemu[@]}" < /dev/null > "$RUN/qemu.log" 2>&1 {out}>&- {error}>&- &
    pid=$!
    trap 'INTERRUPTED=1; kill "$pid"' INT TERM HUP
    if ((STALL)); then
      guest_watch "$pid" {out}>&- {error}>&- &
    fi
    wait "$pid" || code=$?
    while kill -0 "$pid" 2> /dev/null; do
      wait "$pid" || code=$?
    done
    trap - INT TERM HUP
    exec {out}>&- {error}>&-
    wait "${output[@]}"
  fi
  run_end
  guest_end "$code"
  return "$GUEST_CODE"
}

# guest_watch PID: ends the guest once its job has written no result for STALL seconds.
guest_watch() {
  local last
  while sleep 5 && kill -0 "$1" 2> /dev/null; do
    last=$(stat --format %Y "$RUN/share/results" "$RUN"/share/results/* 2> /dev/null | sort -n | tail -n 1)
    if (($(date +%s) - last > STALL)); then
      touch "$RUN/stalled"
      kill "$1"
    fi
  done
}

# A QEMU that failed before it opened the FIFOs leaves their readers waiting: open and close them once.
guest_output_end() {
  : 1<> "$RUN/stdout" 2<> "$RUN/stderr"
  wait "$@" || true
}

# guest_end CODE-OF-QEMU: sets GUEST_CODE to the guest's command's, or tells how the guest died.
guest_end() {
  if [[ -f $RUN/trace.log ]]; then
    say "trace: $RUN/trace.log"
  fi
  if [[ -n $RESULTS ]]; then
    mkdir -p "$RESULTS"
    cp -r "$RUN/share/results/." "$RESULTS/"
  fi
  if [[ -s $RUN/share/exit-code ]]; then
    GUEST_CODE=$(< "$RUN/share/exit-code")
  elif ((INTERRUPTED)); then
    guest_died "interrupted"
    GUEST_CODE=$EXIT_INTERRUPTED
  elif [[ -e $RUN/stalled ]]; then
    guest_died "the guest hangs: no result for $STALL s"
    GUEST_CODE=$EXIT_TIMEOUT
  elif (($1 == 124 || $1 == 137)); then # timeout(1): its TERM, its KILL
    guest_died "the guest did not end within $TIMEOUT s"
    GUEST_CODE=$EXIT_TIMEOUT
  elif (($1 > 128)); then
    guest_died "QEMU was ended by signal $(($1 - 128))"
    GUEST_CODE=$EXIT_EMULATOR
  elif (($1)); then
    guest_died "QEMU ended with code $1"
    GUEST_CODE=$EXIT_LAB
  else
    guest_died "the guest died: it ended without an exit code"
    GUEST_CODE=$EXIT_LAB
  fi
}

guest_died() {
  say "$1"
  if [[ -s $RUN/qemu.log ]]; then
    tail -n 5 "$RUN/qemu.log" | sed 's/^/  qemu| /' >&2
  fi
  if [[ -s $RUN/console.log ]]; then
    # SeaBIOS clears the screen and homes the cursor by escape codes.
    tail -n "$LAST_LINES" "$RUN/console.log" | tr -d '\r' | sed 's/\x1b\[[0-9;?=]*[A-Za-z]//g; s/\x1bc//g; s/^/  | /' >&2
  fi
  say "the whole console: $RUN/console.log"
}

# guest_environment COLUMNS
guest_environment() {
  local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  local dotnet
  if dotnet=$(command -v dotnet); then
    dotnet=$(dirname "$(readlink -f "$dotnet")")
    path=$dotnet:$path
    printf 'export DOTNET_ROOT=%q\n' "$dotnet"
  fi
  printf 'export PATH=%q\n' "$(toolkit_path)$path"
  printf 'export DEVKEEP_LAB_KERNEL=%q\n' "$KERNEL/bzImage"
  printf 'export DEVKEEP_LAB_MODULES=%q\n' "$KERNEL/modules"
  if ((INTERACTIVE)) && [[ -t 0 ]]; then
    printf 'export TERM=%q LAB_TERMINAL=%q\n' "${TERM:-linux}" "$(stty size)"
  else
    # The output is no terminal there; it may be one here.
    printf 'export TERM=dumb COLUMNS=%q\n' "$1"
  fi
}

# What has to be seen in the guest and lies where the guest has a tmpfs of its own.
guest_binds() {
  local directory
  for directory in "$REPO" "$KERNEL"; do
    case $directory in
      /tmp/* | /run/* | /var/tmp/* | /dev/shm/*) printf '%s\n' "$directory" ;;
    esac
  done
}
