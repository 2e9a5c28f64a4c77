# What a guest with systemd as PID 1 needs of the host, beside systemd: lab/guest/kcmp.c, built.
# shellcheck shell=bash

readonly KCMP=$ARTIFACTS/kcmp.so

systemd_prepare() {
  local source=$REPO/lab/guest/kcmp.c
  [[ -x /lib/systemd/systemd ]] || die "no systemd: run lab/run setup"
  [[ ! $KCMP -nt $source ]] || return 0
  have gcc || packages_add gcc libc6-dev
  # Guests that are prepared side by side each bring a whole one.
  gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o "$KCMP.$$" "$source" || die "$source was not built"
  mv "$KCMP.$$" "$KCMP"
}
