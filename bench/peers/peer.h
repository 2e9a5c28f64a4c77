/* What the peers share: a device on vfio-pci, bound to an iommufd and attached to an address space, and the clock. */
#pragma once


#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/iommufd.h>
#include <linux/vfio.h>

struct device {
	int iommufd;
	int fd;
	uint32_t ioas;
};

static inline int check(int result, const char *call)
{
	if (result < 0)
		err(1, "%s", call);
	return result;
}

static inline uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static inline int open_cdev(const char *bdf)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	folder = opendir(path);
	if (!folder)
		err(1, "%s: is the device on vfio-pci?", path);
	while ((entry = readdir(folder)) && entry->d_name[0] == '.')
		;
	if (!entry)
		errx(1, "%s is empty", path);
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", entry->d_name);
	closedir(folder);
	return check(open(path, O_RDWR | O_CLOEXEC), path);
}

static inline struct device open_device(const char *bdf)
{
	struct device device = {
		.iommufd = check(open("/dev/iommu", O_RDWR | O_CLOEXEC), "/dev/iommu"),
		.fd = open_cdev(bdf),
	};
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind), .iommufd = device.iommufd };
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach) };

	check(ioctl(device.fd, VFIO_DEVICE_BIND_IOMMUFD, &bind), "VFIO_DEVICE_BIND_IOMMUFD");
	check(ioctl(device.iommufd, IOMMU_IOAS_ALLOC, &alloc), "IOMMU_IOAS_ALLOC");
	device.ioas = attach.pt_id = alloc.out_ioas_id;
	check(ioctl(device.fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
	return device;
}

/* The offset of a region in the device's file. */
static inline uint64_t region(const struct device *device, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	check(ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, &info), "VFIO_DEVICE_GET_REGION_INFO");
	return info.offset;
}

static inline volatile uint32_t *map_bar(const struct device *device, uint32_t bar, size_t length)
{
	void *registers = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd, region(device, bar));

	if (registers == MAP_FAILED)
		err(1, "mmap of BAR %u", bar);
	return registers;
}

/* Sets bits of the Command register: 2 is Memory Space Enable, 4 Bus Master. */
static inline void enable(const struct device *device, uint16_t bits)
{
	uint64_t command = region(device, VFIO_PCI_CONFIG_REGION_INDEX) + 4;
	uint16_t value;

	if (pread(device->fd, &value, sizeof(value), command) != sizeof(value))
		err(1, "pread of Command");
	value |= bits;
	if (pwrite(device->fd, &value, sizeof(value), command) != sizeof(value))
		err(1, "pwrite of Command");
}

static inline int compare(const void *left, const void *right)
{
	double difference = *(const double *)left - *(const double *)right;

	return (difference > 0) - (difference < 0);
}

/* The value below which a share of sorted values lies: as the toolkit's side computes it. */
static inline double percentile(const double *sorted, size_t count, double share)
{
	double position = share * (count - 1);
	size_t below = position, above = below + 1 < count ? below + 1 : below;

	return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}
