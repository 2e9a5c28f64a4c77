# The main job: an NVMe controller and an edu device kept over a kexec. The program is lab/demo, run once in each kernel.
# shellcheck shell=bash

# What the emulated controller itself says of resets, starts and stops; where the kernels change (each switches the IOMMU on
# as it boots and off as it leaves); and when the guest spoke. All in one file, by one clock.
readonly DEMO_TRACE=(pci_nvme_pci_reset pci_nvme_mmio_start_success pci_nvme_mmio_stopped vtd_dmar_enable virtio_console_flush_buf)

command_demo() {
  NVME=1 EDU=1
  parse_options "$@"
  ((${#COMMAND[@]} == 0)) || die "demo: takes no command"
  setup demo
  TRACE+=("${DEMO_TRACE[@]}")
  run_new
  local program=$PUBLISHED/demo/Devices.Lab.Demo phase
  for phase in before after; do
    # The keeper beside the program, not by it: both start at once.
    # shellcheck disable=SC2016 # for the guest's shell
    job_command "$phase" bash -c '"$0" keeper & exec "$0" "$@"' "$program" "$phase" --tier "$TIER" --results /run/lab/results
  done
  guest_boot
  if [[ -n $JSON ]]; then
    cp "$RUN/share/results/report.json" "$JSON" || die "the guest left no report"
  fi
  return "$GUEST_CODE"
}

# demo_controller_events TRACE: the controller's resets, starts and stops from the old kernel's leave to the guest's last word.
# The program prints its verdict while it holds the devices; that they are reset when it lets go of them is as it should be.
demo_controller_events() {
  awk '
    /vtd_dmar_enable enable 0/ { left = 1 }
    left && /pci_nvme/ { held = held $0 "\n" }
    left && /virtio_console_flush_buf/ { printf "%s", held; held = "" }
  ' "$1"
}

# demo_controller_runs TRACE: whether the controller had been started, and not stopped since, when the old kernel left.
demo_controller_runs() {
  awk '
    /vtd_dmar_enable enable 0/ { exit }
    /pci_nvme/ { last = $0 }
    END { exit last !~ /pci_nvme_mmio_start_success/ }
  ' "$1"
}
