# What carrying memory over a kexec costs, by page size: bench/memory, run once in each kernel. Figures, not assertions.
# shellcheck shell=bash

command_bench() {
  NVME=0 EDU=0 MEMORY=6G
  parse_options "$@"
  ((${#COMMAND[@]} == 0)) || die "bench: takes no command"
  setup bench
  run_new
  local phase
  for phase in before after; do
    job_command "$phase" "$PUBLISHED/bench/Devices.Bench.Memory" "$phase"
  done
  guest_boot
}
