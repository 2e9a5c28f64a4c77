# What the host must have.
# shellcheck shell=bash

need_host() {
  kernel_find || die "no kernel: run lab/run setup"
}
