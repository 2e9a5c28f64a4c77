# systemd as PID 1, this host's own: sourced by lab/guest/init where the kernel's command line says devkeep.init=systemd.
# It finds what it does on a host, as far as the toolkit's units need that, and the toolkit installed as a package would install it.
# shellcheck shell=bash

readonly UNITS=/run/systemd/lab
readonly INSTALLED=/usr/lib/devkeep-lab
# Of systemd's own units these and no others: nothing else of the host starts in the guest, or walks its disks.
readonly OWN_UNITS=(basic.target sysinit.target sockets.target slices.target local-fs.target shutdown.target multi-user.target
  modprobe@.service systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket)

# systemd_start INIT: does not return.
systemd_start() {
  local unit repo=${1%/lab/guest/init}
  writable_over /etc
  writable_over /usr
  writable_over /var/lib
  writable_over /var/log
  # What is enabled on the host is not here. A container's image has no id.
  mount -t tmpfs -o mode=755 tmpfs /etc/systemd/system
  echo 6465766b6565700000000000000000ab > /etc/machine-id
  [[ ! -d $share/results/etc ]] || cp -r "$share/results/etc/." /etc/
  install_toolkit "$repo"
  dotnet_settings
  mkdir -p /etc/systemd/system.conf.d
  printf '[Manager]\nDefaultEnvironment=%s\n' "$(env | grep -v ROOT | grep ^DOTNET_ | tr '\n' ' ')" > /etc/systemd/system.conf.d/lab.conf
  mkdir -p "$UNITS" /run/systemd/none
  for unit in "${OWN_UNITS[@]}"; do
    cp "/lib/systemd/system/$unit" "$UNITS/"
  done
  cp "$repo"/src/{Broker,Cli}/systemd/* "$repo"/lab/guest/systemd/* "$UNITS/"
  echo "LAB_INIT=$1" > "$UNITS/job.env"
  export SYSTEMD_UNIT_PATH=/run/systemd/system:/etc/systemd/system:$UNITS
  export SYSTEMD_GENERATOR_PATH=/run/systemd/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/systemd/none
  # A host that is a container has the mark of one in its root, which the guest sees: empty says that it is none.
  export container=''
  LD_PRELOAD=$repo/artifacts/kcmp.so exec /lib/systemd/systemd
}

# writable_over DIRECTORY: the host's below, and what is written is the guest's.
writable_over() {
  mkdir -p "/run/over$1/upper" "/run/over$1/work"
  mount -t overlay -o "lowerdir=$1,upperdir=/run/over$1/upper,workdir=/run/over$1/work" overlay "$1"
}

# install_toolkit REPO: the published programs where services see them, which see neither /tmp nor /home nor /root.
install_toolkit() {
  local name
  for name in hwtests devkeep; do
    mkdir -p "$INSTALLED/$name"
    [[ ! -d $1/artifacts/publish/$name ]] || mount --bind "$1/artifacts/publish/$name" "$INSTALLED/$name"
  done
  # devkeepd is among what hwtests are built of.
  ln -sf "$INSTALLED/hwtests/devkeepd" /usr/bin/devkeepd
  ln -sf "$INSTALLED/devkeep/devkeep" /usr/bin/devkeep
}
