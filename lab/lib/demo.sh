# The main job: an NVMe controller and an edu device kept over a kexec. The program is lab/demo, run once in each kernel.
# shellcheck shell=bash

# What the emulated controller itself says of resets, starts and stops. The IOMMU's being switched off and on is where the
# kernels change: all of it in one file, by one clock.
readonly DEMO_TRACE=(pci_nvme_pci_reset pci_nvme_mmio_start_success pci_nvme_mmio_stopped vtd_dmar_enable)

command_demo() {
  NVME=1 EDU=1
  parse_options "$@"
  ((${#COMMAND[@]} == 0)) || die "demo: takes no command"
  setup demo
  TRACE+=("${DEMO_TRACE[@]}")
  run_new
  local program=$PUBLISHED/demo/Devices.Lab.Demo phase
  for phase in before after; do
    job_command "$phase" "$program" "$phase" --tier "$TIER" --results /run/lab/results
  done
  guest_boot
  if [[ -n $JSON ]]; then
    cp "$RUN/share/results/report.json" "$JSON" || die "the guest left no report"
  fi
  return "$GUEST_CODE"
}
