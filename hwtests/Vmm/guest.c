// The only program of a guest that runs in QEMU in a guest of the lab: reads the assigned disk, writes to it, says so on its console, ends the VM.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LENGTH = 256 << 10, WAITS = 600, WAIT = 50000 };

static uint8_t data[LENGTH] __attribute__((aligned(4096)));

static int load(const char *module) {
    int file = open(module, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || syscall(SYS_finit_module, file, "", 0) != 0;
    if (failed) perror(module);
    return failed;
}

static int run(void) {
    if (load("/nvme-core.ko") || load("/nvme.ko")) return 1;
    int disk = -1;
    for (int i = 0; i < WAITS && (disk = open("/dev/nvme0n1", O_RDWR | O_DIRECT)) < 0; i++) usleep(WAIT);
    if (disk < 0 || pread(disk, data, LENGTH, 0) != LENGTH) return perror("read"), 1;
    uint64_t sum = 0xcbf29ce484222325; // FNV-1a
    for (int i = 0; i < LENGTH; i++) sum = (sum ^ data[i]) * 0x100000001b3;
    for (int i = 0; i < LENGTH; i++) data[i] ^= 0x55;
    if (pwrite(disk, data, LENGTH, LENGTH) != LENGTH || fsync(disk) != 0) return perror("write"), 1;
    printf("guest: read %016llx, wrote it with every second bit turned\n", (unsigned long long)sum);
    return 0;
}

int main(void) {
    mkdir("/dev", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    int console = open("/dev/ttyS0", O_RDWR);
    dup2(console, STDOUT_FILENO);
    dup2(console, STDERR_FILENO);
    if (run()) puts("guest: failed");
    fflush(stdout);
    reboot(RB_AUTOBOOT); // QEMU's -no-reboot ends it
}
