# What the host must have, from Debian 12 or 13. The system's apt sources stay as they are: a suite that is missing is
# added for one call of apt, with the mirror and the keyring that the machine's own sources name.
# shellcheck shell=bash

# Earlier versions have no iommufd fds and no SR-IOV.
readonly QEMU_MAJOR=10

APT_OPTIONS=()

packages_install() {
  have dotnet || die "no dotnet: install the .NET 10 SDK first"
  # lspci for a look around in the guest.
  have lspci || packages_add pciutils
  # insmod, for the kernel's own drivers; a container's image has none.
  have kmod || packages_add kmod
  # PID 1 of the guest that tests of the units have; it does not run here.
  [[ -x /lib/systemd/systemd ]] || packages_add systemd
  # A database in one file, for the test that keeps one over a kexec.
  have mdb_load || packages_add lmdb-utils
  (($(qemu_major) >= QEMU_MAJOR)) || qemu_install
}

have() { command -v "$1" > /dev/null; }

qemu_major() {
  local version=0
  if have qemu-system-x86_64; then
    version=$(qemu-system-x86_64 --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
  fi
  printf '%s' "$version"
}

qemu_install() {
  packages_update
  local candidate
  candidate=$(apt-cache policy qemu-system-x86 | sed -n 's/^ *Candidate: \([0-9]*:\)\?\([0-9]*\)\..*/\2/p')
  if ((${candidate:-0} >= QEMU_MAJOR)); then
    packages_add qemu-system-x86
  else
    local suite
    suite=$(codename)-backports
    say "QEMU from $suite: $(codename) itself has version ${candidate:-none}"
    apt_sources "$suite"
    packages_update "${APT[@]}"
    APT_OPTIONS=("${APT[@]}" -t "$suite")
    packages_add qemu-system-x86
    APT_OPTIONS=()
  fi
  (($(qemu_major) >= QEMU_MAJOR)) || die "QEMU $QEMU_MAJOR or newer is not to be had here"
}

# packages_add PACKAGES...: with the options of APT_OPTIONS, if that is set.
packages_add() {
  need_root "to install $*"
  packages_update
  say "installing: $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "${APT_OPTIONS[@]}" "$@" > "$ARTIFACTS/apt.log" 2>&1 ||
    { tail -n 15 "$ARTIFACTS/apt.log" >&2; die "apt-get install failed: $ARTIFACTS/apt.log"; }
}

# packages_update [OPTIONS]: without options once a run.
packages_update() {
  if (($# == 0)); then
    ((${PACKAGES_UPDATED:-0})) && return
    PACKAGES_UPDATED=1
  fi
  need_root 'apt-get update'
  mkdir -p "$ARTIFACTS"
  # A third party's source that is down is no reason to stop: what is missing then, the install tells.
  apt-get update -qq "$@" > "$ARTIFACTS/apt.log" 2>&1 || warn "apt-get update: $(tail -n 1 "$ARTIFACTS/apt.log")"
}

need_root() {
  ((EUID == 0)) || die "needs root: $*"
}

codename() { (source /etc/os-release && printf '%s' "$VERSION_CODENAME"); }

# apt_sources SUITE: sets APT to the options with which apt sees that suite too.
apt_sources() {
  local suite=$1 mirror entry keyring
  mirror=$(apt_target REPO_URI)
  entry=$(apt_target SOURCESENTRY)
  [[ -n $mirror && -f ${entry%:*} ]] || die "no source of Debian's main archive in this machine's apt configuration"
  keyring=$(grep -ioP -m 1 'signed-by[:=]\s*\K[^]\s]+' "${entry%:*}" || true)
  mkdir -p "$ARTIFACTS"
  {
    cat /etc/apt/sources.list 2> /dev/null || true
    printf 'deb %s%s %s main\n' "${keyring:+[signed-by=$keyring] }" "$mirror" "$suite"
  } > "$ARTIFACTS/$suite.list"
  APT=(-o "Dir::Etc::SourceList=$ARTIFACTS/$suite.list")
}

# apt_target FIELD: of the index of this release's main component.
apt_target() {
  local release
  release=$(codename)
  apt-get indextargets --format "\$($1)" 'Created-By: Packages' 'Component: main' "Release: $release" | head -n 1
}
