# The lab's kernel: found under its key, or built.
# shellcheck shell=bash

readonly KERNEL_CONFIG=$REPO/lab/kernel/lab.config
readonly KERNEL_CACHE=$HOME/.cache/devkeep/lab
readonly KERNEL_PACKAGE=linux-source-7.3 KERNEL_SUITE=trixie-backports
readonly KERNEL_BUILD_PACKAGES=(gcc make flex bison bc libelf-dev libssl-dev cpio kmod xz-utils)
# What make prints, counted once: the progress is an estimate.
readonly KERNEL_BUILD_STEPS=2600

# The key of a prebuilt kernel is that of the configuration it was built from.
kernel_key() { sha256sum "$KERNEL_CONFIG" | cut -c 1-12; }

# Sets KERNEL to the directory with bzImage and modules/.
kernel_find() {
  local key directory directories
  key=$(kernel_key)
  IFS=: read -ra directories <<< "${DEVKEEP_LAB_CACHE:-}:$KERNEL_CACHE"
  for directory in "${directories[@]}"; do
    if [[ -n $directory && -f $directory/$key/bzImage ]]; then
      KERNEL=$(cd "$directory/$key" && pwd -P)
      return
    fi
  done
  return 1
}

# Found, or else built.
kernel_get() {
  if kernel_find; then
    say "kernel: $KERNEL"
  else
    kernel_build
    kernel_find || die "the kernel was built and is not found"
  fi
}

# From Debian's source package, which installs on any release: it is unpacked, not installed.
kernel_build() {
  local key work log source
  key=$(kernel_key)
  packages_add "${KERNEL_BUILD_PACKAGES[@]}"
  mkdir -p "$KERNEL_CACHE"
  # A build that fails leaves its directory to look into; the next one starts from nothing.
  rm -rf "$KERNEL_CACHE/build"
  work=$KERNEL_CACHE/build log=$work/log
  mkdir -p "$work/out"
  kernel_source "$work"
  source=$(echo "$work"/linux-source-*/)

  say "kernel: configuring"
  kernel_configure "$source" "$work/out" >> "$log" 2>&1 || kernel_build_failed "$log"
  kernel_check_config "$work/out/.config"

  say "kernel: building $(make -s -C "$source" kernelversion), 34 minutes of processor time"
  make -C "$source" O="$work/out" -j"$(nproc)" bzImage modules 2>> "$log" | tee -a "$log" | kernel_progress || kernel_build_failed "$log"
  make -C "$source" O="$work/out" INSTALL_MOD_PATH="$work" INSTALL_MOD_STRIP=1 modules_install >> "$log" 2>&1 || kernel_build_failed "$log"

  # Whole or not at all: the rename comes last.
  local ready=$work/ready
  mkdir "$ready"
  mv "$work/lib/modules" "$ready/modules"
  rm -f "$ready"/modules/*/build
  cp "$work/out/arch/x86/boot/bzImage" "$ready/bzImage"
  cp "$work/out/.config" "$ready/config"
  rm -rf "${KERNEL_CACHE:?}/$key"
  mv "$ready" "$KERNEL_CACHE/$key"
  rm -rf "$work"
  say "kernel: cached in $KERNEL_CACHE/$key"
}

# kernel_source DIRECTORY [PATTERN...]: downloads it and unpacks it there, or only what matches.
kernel_source() {
  local directory=$1 package=$KERNEL_PACKAGE
  shift
  kernel_suite
  if ! apt-cache "${APT[@]}" show "$package" > /dev/null 2>&1; then
    package=$(apt-cache "${APT[@]}" search --names-only '^linux-source-[0-9.]+$' | cut -d ' ' -f 1 | sort -V | tail -n 1)
    [[ -n $package ]] || die "no linux-source package in $KERNEL_SUITE"
    warn "$KERNEL_PACKAGE is gone from $KERNEL_SUITE; $package serves. What is said of the kernel was tried on the former."
  fi
  kernel_download "$directory" "$package"
  tar -C "$directory" -xf "$directory/package/usr/src/$package.tar.xz" --wildcards "$@"
  rm -rf "$directory/package"
}

# The kernel's tests of VFIO and what they are built with, in the cache: a few megabytes of the source.
kernel_selftests() {
  local ready=$KERNEL_CACHE/selftests-7.3 work=$KERNEL_CACHE/selftests
  [[ ! -d $ready ]] || return 0
  rm -rf "$work"
  mkdir -p "$work"
  kernel_source "$work" '*/tools/testing/selftests/*.h' '*/tools/testing/selftests/*.mk' '*/tools/testing/selftests/vfio/*' \
    '*/tools/include/*' '*/tools/arch/x86/include/*' '*/tools/scripts/*' '*/scripts/subarch.include' '*/include/linux/pci_ids.h' '*/drivers/dma/*.h' '*/drivers/net/ethernet/intel/igb/*.h'
  mv "$work"/linux-source-*/ "$ready"
  rm -rf "$work"
}

# The headers of user space, against which the ABI is proved: unpacked into the cache. Without them those tests are skipped.
kernel_headers() {
  local ready=$KERNEL_CACHE/headers-7.3 work=$KERNEL_CACHE/headers version
  [[ ! -d $ready ]] || return 0
  kernel_suite
  version=$(apt-cache "${APT[@]}" madison linux-libc-dev | awk '$3 ~ /^7\.3\./ { print $3; exit }')
  if [[ -z $version ]]; then
    warn "linux-libc-dev 7.3 is gone from $KERNEL_SUITE: the ABI is not proved"
    return
  fi
  rm -rf "$work"
  mkdir -p "$work"
  kernel_download "$work" "linux-libc-dev=$version"
  mv "$work/package" "$ready"
  rm -rf "$work"
}

kernel_suite() {
  apt_sources "$KERNEL_SUITE"
  packages_update "${APT[@]}"
}

# kernel_download DIRECTORY PACKAGE: unpacked, not installed, into its folder package.
kernel_download() {
  say "kernel: downloading $2"
  (cd "$1" && apt-get "${APT[@]}" -o APT::Sandbox::User=root download "$2" > log 2>&1) || kernel_build_failed "$1/log"
  say "kernel: unpacking"
  dpkg -x "$1"/linux-*.deb "$1/package"
  rm -f "$1"/*.deb
}

# kernel_configure SOURCE OUTPUT
kernel_configure() {
  make -C "$1" O="$2" allnoconfig
  (cd "$1" && scripts/kconfig/merge_config.sh -m -O "$2" "$2/.config" "$KERNEL_CONFIG")
  make -C "$1" O="$2" olddefconfig
}

# A missing dependency drops an option silently: all of them must have arrived.
kernel_check_config() {
  local missing
  missing=$(grep -E '^(CONFIG_|# CONFIG_.* is not set)' "$KERNEL_CONFIG" | grep -vxFf "$1") || return 0
  die "options of lab.config that this kernel does not take: $missing"
}

# One line that counts, on a terminal; else a line now and then.
kernel_progress() {
  local line steps=0 percent=0 shown=-1
  while read -r line; do
    [[ $line =~ ^(CC|AS|LD|AR|HOSTCC)\ |^(CC|LD)\ \[M\] ]] || continue
    steps=$((steps + 1))
    percent=$((steps * 100 / KERNEL_BUILD_STEPS))
    ((percent < 100)) || percent=99
    if [[ -t 2 ]]; then
      printf '\rlab: kernel: %d %%, %d steps ' "$percent" "$steps" >&2
    elif ((percent / 10 > shown)); then
      shown=$((percent / 10))
      say "kernel: $percent %"
    fi
  done
  if [[ -t 2 ]]; then
    printf '\n' >&2
  fi
}

kernel_build_failed() {
  tail -n 20 "$1" >&2
  die "the kernel's build failed: $1"
}
