// The only program of a guest that runs in QEMU in a guest of the lab: reads the assigned disk, writes to it, says so on its console, ends the VM.
// With "stay" on the kernel's command line, and which part of the disk is its own, it goes on instead: works on each disk that comes, and tells all the time that it is the same guest still. A word on its
// console has it suspend itself to RAM; when it wakes up, it works on the disk that it has anew.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LENGTH = 256 << 10, KEPT = 64 << 10, WAITS = 600, WAIT = 50000, WAITS_OF_A_SIGN = 20 };

static uint8_t data[LENGTH] __attribute__((aligned(4096)));
static off_t part; // where on the disk what it reads begins; what it writes is behind it

static int load(const char *module) {
    int file = open(module, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || syscall(SYS_finit_module, file, "", 0) != 0;
    if (failed) perror(module);
    return failed;
}

static unsigned long long sum(int length) {
    uint64_t sum = 0xcbf29ce484222325; // FNV-1a
    for (int i = 0; i < length; i++) sum = (sum ^ data[i]) * 0x100000001b3;
    return sum;
}

static int open_disk(void) { return open("/dev/nvme0n1", O_RDWR | O_DIRECT); }

static int work(int disk) {
    if (pread(disk, data, LENGTH, part + LENGTH) != LENGTH) return perror("read"), 1;
    unsigned long long found = sum(LENGTH);
    if (pread(disk, data, LENGTH, part) != LENGTH) return perror("read"), 1;
    unsigned long long read = sum(LENGTH);
    for (int i = 0; i < LENGTH; i++) data[i] ^= 0x55;
    if (pwrite(disk, data, LENGTH, part + LENGTH) != LENGTH || fsync(disk) != 0) return perror("write"), 1;
    printf("guest: read %016llx, wrote it with every second bit turned, where %016llx was\n", read, found);
    return 0;
}

static int run(void) {
    int disk = -1;
    for (int i = 0; i < WAITS && (disk = open_disk()) < 0; i++) usleep(WAIT);
    return disk < 0 ? perror("open"), 1 : work(disk);
}

// The first word or line of a file.
static const char *word(const char *path, char *text, int length) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, text, length - 1);
    text[count < 0 ? 0 : count] = 0;
    text[strcspn(text, " \n")] = 0;
    close(file);
    return text;
}

static void suspend(void) {
    int state = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
    puts(write(state, "mem", 3) == 3 ? "guest: awake" : "guest: could not suspend");
    close(state);
}

static int stay(void) {
    char boot[64], uptime[64], asked[64];
    int orders = open("/dev/ttyS0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    for (int i = 0; i < KEPT; i += 256) getrandom(data + i, 256, GRND_INSECURE);
    int kept = open("/kept", O_RDWR | O_CREAT | O_CLOEXEC, 0600); // the root is a disk in RAM
    if (write(kept, data, KEPT) != KEPT) return perror("/kept"), 1;
    for (int i = 0, had = 0;; i++) {
        int disk = open_disk();
        if (disk >= 0 && !had && work(disk)) return 1;
        if (disk < 0 && had) puts("guest: the disk is gone");
        had = disk >= 0;
        if (had) close(disk);
        if (read(orders, asked, sizeof asked) > 0) {
            suspend();
            had = 0;
        }
        if (i % WAITS_OF_A_SIGN == 0) {
            if (pread(kept, data, KEPT, 0) != KEPT) return perror("/kept"), 1;
            printf("guest: boot %s kept %016llx uptime %s\n", word("/proc/sys/kernel/random/boot_id", boot, sizeof boot), sum(KEPT), word("/proc/uptime", uptime, sizeof uptime));
        }
        usleep(WAIT);
    }
}

int main(int count, char **words) {
    mkdir("/dev", 0755);
    mkdir("/proc", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount("proc", "/proc", "proc", 0, NULL);
    mkdir("/sys", 0755);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    int console = open("/dev/ttyS0", O_RDWR);
    dup2(console, STDOUT_FILENO);
    dup2(console, STDERR_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0);
    int stays = count > 2 && strcmp(words[1], "stay") == 0;
    if (stays) part = 2 * LENGTH * atoi(words[2]);
    if (load("/nvme-core.ko") || load("/nvme.ko") || (stays ? stay() : run())) puts("guest: failed");
    fflush(stdout);
    reboot(RB_AUTOBOOT); // QEMU's -no-reboot ends it
}
