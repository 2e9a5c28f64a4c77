# The lab's kernel: found under its key, or built.
# shellcheck shell=bash

readonly KERNEL_CONFIG=$REPO/lab/kernel/lab.config
readonly KERNEL_CACHE=$HOME/.cache/devkeep/lab

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
