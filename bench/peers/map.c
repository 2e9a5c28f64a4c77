/* 1 GiB, faulted in beforehand, mapped for a device and unmapped again: by memfd and by memory, of 4 KiB and of huge pages. */
#define _GNU_SOURCE
#include <limits.h>

#include "peer.h"

#define GIB (1ull << 30)
#define AT (4ull << 30)
#define TIMES 9

static void map(const struct device *device, void *memory, int file)
{
	const uint32_t flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE;

	if (file >= 0) {
		struct iommu_ioas_map_file map = {
			.size = sizeof(map), .flags = flags, .ioas_id = device->ioas, .fd = file, .length = GIB, .iova = AT,
		};

		check(ioctl(device->iommufd, IOMMU_IOAS_MAP_FILE, &map), "IOMMU_IOAS_MAP_FILE");
	} else {
		struct iommu_ioas_map map = {
			.size = sizeof(map), .flags = flags, .ioas_id = device->ioas, .user_va = (uintptr_t)memory, .length = GIB, .iova = AT,
		};

		check(ioctl(device->iommufd, IOMMU_IOAS_MAP, &map), "IOMMU_IOAS_MAP");
	}
}

static void unmap(const struct device *device)
{
	struct iommu_ioas_unmap unmap = { .size = sizeof(unmap), .ioas_id = device->ioas, .iova = AT, .length = GIB };

	check(ioctl(device->iommufd, IOMMU_IOAS_UNMAP, &unmap), "IOMMU_IOAS_UNMAP");
}

static void measure(const struct device *device, int file, int huge)
{
	const char *what = file >= 0 ? "memfd" : "memory", *pages = huge ? "huge pages" : "4 KiB pages";
	void *memory = mmap(NULL, GIB, PROT_READ | PROT_WRITE, MAP_SHARED | (file >= 0 ? 0 : MAP_ANONYMOUS), file, 0);
	double mapping[TIMES], unmapping[TIMES];

	if (memory == MAP_FAILED)
		err(1, "mmap");
	check(madvise(memory, GIB, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE), "madvise");
	check(madvise(memory, GIB, MADV_POPULATE_WRITE), "MADV_POPULATE_WRITE");
	map(device, memory, file); /* the page tables' pages are there from now on */
	unmap(device);
	for (int i = 0; i < TIMES; i++) {
		uint64_t start = nanoseconds();

		map(device, memory, file);
		mapping[i] = nanoseconds() - start;
		start = nanoseconds();
		unmap(device);
		unmapping[i] = nanoseconds() - start;
	}
	qsort(mapping, TIMES, sizeof(*mapping), compare);
	qsort(unmapping, TIMES, sizeof(*unmapping), compare);
	printf("%f map %s, %s\n", 1e9 / percentile(mapping, TIMES, 0.5), what, pages);
	printf("%f unmap %s, %s\n", 1e9 / percentile(unmapping, TIMES, 0.5), what, pages);
	munmap(memory, GIB);
}

int main(int argc, char **argv)
{
	struct device device;

	if (argc != 2)
		errx(2, "usage: map BDF");
	device = open_device(argv[1]);
	for (int huge = 0; huge <= 1; huge++) {
		int file;

		measure(&device, -1, huge);
		file = check(memfd_create("bench", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create");
		check(ftruncate(file, GIB), "ftruncate");
		check(fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_GROW | F_SEAL_SHRINK), "F_ADD_SEALS");
		measure(&device, file, huge);
		close(file);
	}
	return 0;
}
