# The machine: options of the guest to QEMU's arguments. Slots are fixed, so that addresses do not move
# with the options: 02 root, 03 share, 04 output, 05 edu, 06 bridge, 07 watchdog, 08 and up root ports (NVMe first, then VFs' PFs, then igb,
# then the card).
# shellcheck shell=bash

readonly VFS_OF_A_CONTROLLER=127
readonly DISK_SIZE=1G
# A virtio device with its doorbell in an I/O port. QEMU 10.0's emulator loses a write to a device's memory now and then while another
# CPU changes the memory map, as a device does that goes to sleep (D3). A doorbell lost is a file system that never answers.
readonly DOORBELL_IN_PORT=disable-modern=on,disable-legacy=off

# qemu_arguments: sets QEMU to the whole command.
qemu_arguments() {
  local accel=tcg,thread=$THREAD clock=() eim=on
  # The guest's clock counts its instructions, so that nothing in it runs out of time because the host has others to serve. The local
  # APIC's timer is then to be read by memory: by an MSR QEMU 10.0 ends with "Bad icount read".
  if ((ICOUNT)); then
    accel=tcg,thread=single clock=(-icount 'shift=2,sleep=on') eim=off
  fi
  QEMU=(qemu-system-x86_64
    -accel "$accel" "${clock[@]}" -cpu max -smp "$CPUS" -m "$MEMORY"
    -M q35,kernel-irqchip=split -nodefaults -vga none -display none
    # A real reboot ends QEMU: a broken kexec cannot pass for a good one, and a panic (panic=-1) ends the run.
    -no-reboot
    -kernel "$KERNEL/bzImage" -append "$(kernel_arguments)"
    -chardev "file,id=console,path=$RUN/console.log" -serial chardev:console)
  # Before the devices that it serves. With eim=on the guest's CPUs take x2APIC mode, where the end of an interrupt is an MSR write. In
  # xAPIC mode it is a write to memory, which may be lost like a doorbell: the CPU then takes no interrupt of that class any more, its timer first.
  if ((IOMMU)); then
    QEMU+=(-device "intel-iommu,intremap=on,eim=$eim,caching-mode=on,x-scalable-mode=on")
  fi
  QEMU+=(
    -fsdev 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'
    -device "virtio-9p-pci,fsdev=host,mount_tag=host,addr=02.0,$DOORBELL_IN_PORT"
    -fsdev "local,id=lab,path=$RUN/share,security_model=none,multidevs=remap"
    -device "virtio-9p-pci,fsdev=lab,mount_tag=lab,addr=03.0,$DOORBELL_IN_PORT"
    -device "virtio-serial-pci,id=output,addr=04.0,$DOORBELL_IN_PORT")
  if ((INTERACTIVE)); then
    QEMU+=(-chardev 'stdio,id=terminal,signal=off' -device 'virtconsole,bus=output.0,chardev=terminal')
  else
    QEMU+=(-chardev "file,id=stdout,path=$RUN/stdout" -device 'virtserialport,bus=output.0,chardev=stdout,name=lab.stdout'
      -chardev "file,id=stderr,path=$RUN/stderr" -device 'virtserialport,bus=output.0,chardev=stderr,name=lab.stderr')
  fi
  if ((EDU)); then
    QEMU+=(-device 'edu,id=edu0,addr=05.0')
  fi
  # What it resets ends QEMU, as every reset does here.
  if ((WATCHDOG)); then
    QEMU+=(-device 'i6300esb,addr=07.0')
  fi
  # Behind a PCIe-to-PCI bridge no IOMMU can tell one device from the other: one group.
  if ((BRIDGE)); then
    QEMU+=(-device 'pcie-pci-bridge,id=bridge,bus=pcie.0,addr=06.0' -device 'edu,id=edu1,bus=bridge,addr=01.0'
      -device 'virtio-rng-pci,bus=bridge,addr=02.0')
  fi
  qemu_root_port_devices
  local pattern
  for pattern in "${TRACE[@]}"; do
    QEMU+=(-trace "$pattern")
  done
  if ((${#TRACE[@]})); then
    QEMU+=(-D "$RUN/trace.log" -msg timestamp=on)
  fi
}

kernel_arguments() {
  local arguments="root=host rootfstype=9p rootflags=trans=virtio,version=9p2000.L,msize=1048576,cache=loose ro init=$REPO/lab/guest/init"
  arguments+=' console=ttyS0 panic=-1 tsc=reliable kho=on liveupdate=on'
  ((IOMMU)) && arguments+=' intel_iommu=on'
  # A systemd that cannot go on ends the guest.
  ((SYSTEMD)) && arguments+=' devkeep.init=systemd systemd.crash_reboot=yes systemd.show_status=no systemd.log_target=kmsg'
  printf '%s' "$arguments$APPEND"
}

qemu_root_port_devices() {
  local i disk vfs rest=$VFS port=0 ids=''
  if ((INTEL_NVME)); then
    ids=,use-intel-id=on
  fi
  for ((i = 0; i < NVME; i++)); do
    disk=$RUN/disks/nvme$i.raw
    truncate -s "$DISK_SIZE" "$disk"
    qemu_root_port "$port"
    QEMU+=(-drive "if=none,id=disk$i,file=$disk,format=raw,cache=unsafe"
      -device "nvme,id=nvme$i,serial=devkeep-$i,drive=disk$i,bus=port$port$ids")
    port=$((port + 1))
  done
  for ((i = 0; rest > 0; i++)); do
    vfs=$((rest < VFS_OF_A_CONTROLLER ? rest : VFS_OF_A_CONTROLLER))
    rest=$((rest - vfs))
    # Without mem-reserve the kernel finds no room for the VFs' BARs.
    qemu_root_port "$port" mem-reserve=16M
    QEMU+=(-device "nvme-subsys,id=subsys$i"
      -device "nvme,id=pf$i,serial=devkeep-pf$i,subsys=subsys$i,bus=port$port,sriov_max_vfs=$vfs,sriov_vq_flexible=$((2 * vfs)),sriov_vi_flexible=$vfs,max_ioqpairs=$((2 * vfs + 2)),msix_qsize=$((2 * vfs + 3))")
    if ((VF_DISK)); then
      disk=$RUN/disks/pf$i.raw
      truncate -s "$DISK_SIZE" "$disk"
      QEMU+=(-drive "if=none,id=pfdisk$i,file=$disk,format=raw,cache=unsafe" -device "nvme-ns,drive=pfdisk$i,bus=pf$i")
    fi
    port=$((port + 1))
  done
  if ((IGB)); then
    qemu_root_port "$port"
    QEMU+=(-device "igb,id=igb0,bus=port$port,romfile=")
    port=$((port + 1))
  fi
  if ((CARD)); then
    qemu_root_port "$port"
    QEMU+=(-device "nvme,id=card0,serial=devkeep-card0,bus=port$port,addr=00.0,multifunction=on"
      -device "nvme,id=card1,serial=devkeep-card1,bus=port$port,addr=00.1,multifunction=on"
      -object memory-backend-ram,id=shared,size=1M,share=on
      -device "ivshmem-plain,id=card2,memdev=shared,bus=port$port,addr=00.2,multifunction=on")
  fi
}

# qemu_root_port N [PROPERTY]: x-speed=5, else a hot reset of the device behind it answers ENOTTY after it has reset.
qemu_root_port() {
  (($1 < 23)) || die "too many devices: the machine has room for 23 root ports"
  QEMU+=(-device "pcie-root-port,id=port$1,bus=pcie.0,chassis=$(($1 + 1)),addr=$(printf '%02x' $(($1 + 8))).0,x-speed=5${2:+,$2}")
}
