/* A dword of configuration space by pread(2), through sysfs and through VFIO. */
#define _GNU_SOURCE
#include <limits.h>

#include "peer.h"

#define READS 2000
#define ROUNDS 11
#define CLASS_REVISION 8

static void measure(int file, off_t offset, const char *name)
{
	double times[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = nanoseconds();

		for (int i = 0; i < READS; i++) {
			uint32_t value;

			if (pread(file, &value, sizeof(value), offset) != sizeof(value))
				err(1, "pread, %s", name);
		}
		times[round] = (double)(nanoseconds() - start) / READS;
	}
	qsort(times, ROUNDS, sizeof(*times), compare);
	printf("%f %s\n", percentile(times, ROUNDS, 0.5), name);
}

int main(int argc, char **argv)
{
	struct device device;
	char path[PATH_MAX];

	if (argc != 2)
		errx(2, "usage: config_read BDF, of any function; one on vfio-pci is read through VFIO as well");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[1]);
	measure(check(open(path, O_RDONLY | O_CLOEXEC), path), CLASS_REVISION, "raw view, sysfs");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", argv[1]);
	if (access(path, F_OK))
		return 0;
	device = open_device(argv[1]);
	measure(device.fd, region(&device, VFIO_PCI_CONFIG_REGION_INDEX) + CLASS_REVISION, "VFIO's view");
	return 0;
}
