# The options of the guest.
# shellcheck shell=bash disable=SC2034 # the other parts read them

NVME=0 INTEL_NVME=0 VFS=0 VF_DISK=0 EDU=0 WATCHDOG=0 BRIDGE=0 IGB=0 CARD=0 IOMMU=1 SYSTEMD=0
MEMORY=4G CPUS=2 ICOUNT=0 THREAD=multi
APPEND='' TRACE=() TIMEOUT=300 STALL=0 RESULTS=''
INTERACTIVE=0
BUILD=1 ROUNDS=5 FILTER='' TIER=warm JSON=''
COMMAND=()

# Options up to `--`; what follows it is COMMAND.
parse_options() {
  while (($#)); do
    case $1 in
      --nvme) NVME=$(number_of "$@"); shift ;;
      --vfs) VFS=$(number_of "$@"); shift ;;
      --cpus) CPUS=$(number_of "$@"); shift ;;
      --timeout) TIMEOUT=$(number_of "$@"); shift ;;
      --memory) MEMORY=$(value_of "$@"); shift ;;
      --append) APPEND+=" $(value_of "$@")"; shift ;;
      --trace) TRACE+=("$(value_of "$@")"); shift ;;
      --results) RESULTS=$(value_of "$@"); shift ;;
      --rounds) ROUNDS=$(number_of "$@"); shift ;;
      --filter) FILTER=$(value_of "$@"); shift ;;
      --tier) TIER=$(value_of "$@"); shift ;;
      --json) JSON=$(value_of "$@"); shift ;;
      --no-build) BUILD=0 ;;
      --intel-nvme) INTEL_NVME=1 ;;
      --vf-disk) VF_DISK=1 ;;
      --edu) EDU=1 ;;
      --watchdog) WATCHDOG=1 ;;
      --bridge) BRIDGE=1 ;;
      --igb) IGB=1 ;;
      --card) CARD=1 ;;
      --no-iommu) IOMMU=0 ;;
      --systemd) SYSTEMD=1 ;;
      --icount) ICOUNT=1 ;;
      --) shift; COMMAND=("$@"); return ;;
      *) die "no such option: $1 (lab/run --help)" ;;
    esac
    shift
  done
}

value_of() {
  (($# >= 2)) || die "$1 needs a value"
  printf '%s' "$2"
}

number_of() {
  [[ ${2:-} =~ ^[0-9]+$ ]] || die "$1 needs a number"
  printf '%s' "$2"
}
