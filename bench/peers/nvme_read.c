/*
 * Random 4 KiB reads of an NVMe controller's first 512 MiB, at queue depth 1 and 32, by the least driver that can do them: an admin
 * queue, one I/O queue pair of 64 entries with an MSI-X vector, a buffer for each command. A completion is waited for in read(2) of
 * the vector's eventfd, as it is on the toolkit's side.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "peer.h"

#define IOVA 0x100000000ull
#define PAGE 4096ull
#define ADMIN_ENTRIES 16
#define ENTRIES 64
#define DEPTHS 2
#define SECONDS 4
#define REACH (512ull << 20)
#define MSIX 2
#define MEMORY_SPACE_AND_BUS_MASTER 6

enum { CAP = 0x00 / 4, CC = 0x14 / 4, CSTS = 0x1c / 4, AQA = 0x24 / 4, ASQ = 0x28 / 4, ACQ = 0x30 / 4, DOORBELLS = 0x1000 / 4 };
enum { CREATE_SQ = 0x01, CREATE_CQ = 0x05, READ = 0x02 };

struct command {
	uint8_t opcode, flags;
	uint16_t id;
	uint32_t nsid;
	uint64_t reserved, metadata, prp1, prp2;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct completion {
	uint32_t result, reserved;
	uint16_t sq_head, sq_id, id, status;
};

struct queue {
	volatile struct command *submissions;
	volatile struct completion *completions;
	volatile uint32_t *sq_doorbell, *cq_doorbell;
	uint32_t entries, tail, head;
	uint16_t phase;
	int interrupt;
};

static volatile uint32_t *registers;

/* The pages: 0 and 1 admin queues, 2 and 3 I/O queues, from 4 on a buffer for each command. */
static struct queue queue(void *memory, int id, uint32_t entries, int interrupt)
{
	uint32_t stride = 1u << (registers[CAP + 1] & 15);

	return (struct queue){
		.submissions = (void *)((char *)memory + 2 * id * PAGE),
		.completions = (void *)((char *)memory + (2 * id + 1) * PAGE),
		.sq_doorbell = registers + DOORBELLS + 2 * id * stride,
		.cq_doorbell = registers + DOORBELLS + (2 * id + 1) * stride,
		.entries = entries,
		.phase = 1,
		.interrupt = interrupt,
	};
}

static void submit(struct queue *queue, const struct command *command)
{
	*(struct command *)&queue->submissions[queue->tail] = *command;
	queue->tail = (queue->tail + 1) % queue->entries;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	*queue->sq_doorbell = queue->tail;
}

static uint16_t take(struct queue *queue)
{
	volatile struct completion *completion = &queue->completions[queue->head];
	uint16_t id;

	while ((completion->status & 1) != queue->phase) {
		struct pollfd wait = { .fd = queue->interrupt, .events = POLLIN };
		uint64_t count;

		check(poll(&wait, 1, -1), "poll");
		if (read(queue->interrupt, &count, sizeof(count)) != sizeof(count))
			err(1, "read of the eventfd");
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (completion->status >> 1)
		errx(1, "a command failed with status 0x%x", completion->status >> 1);
	id = completion->id;
	queue->head = (queue->head + 1) % queue->entries;
	if (!queue->head)
		queue->phase ^= 1;
	*queue->cq_doorbell = queue->head;
	return id;
}

static void admin(struct queue *queue, struct command command)
{
	submit(queue, &command);
	take(queue);
}

static void submit_read(struct queue *queue, uint16_t id, uint64_t *state)
{
	uint64_t lba;

	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	lba = *state % (REACH / PAGE) * (PAGE / 512);
	submit(queue, &(struct command){
		.opcode = READ, .id = id, .nsid = 1, .prp1 = IOVA + (4 + id) * PAGE,
		.cdw10 = lba, .cdw11 = lba >> 32, .cdw12 = PAGE / 512 - 1,
	});
}

static double reads(struct queue *queue, int depth)
{
	uint64_t start = nanoseconds(), until = start + SECONDS * 1000000000ull, now = start;
	uint64_t done = 0, state = 88172645463325252ull;
	int flying = 0;

	for (uint16_t id = 0; now < until || flying;) {
		if (flying < depth && now < until) {
			/* The first ones take the buffers in turn, those after them the buffer of what was just taken. */
			submit_read(queue, done ? id : flying, &state);
			flying++;
			continue;
		}
		id = take(queue);
		flying--;
		done++;
		now = nanoseconds();
	}
	return done * 1e9 / (now - start);
}

static void arm(const struct device *device, const int *interrupts, int count)
{
	struct vfio_irq_set *set = calloc(1, sizeof(*set) + count * sizeof(*interrupts));

	*set = (struct vfio_irq_set){
		.argsz = sizeof(*set) + count * sizeof(*interrupts), .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = MSIX, .count = count,
	};
	memcpy(set->data, interrupts, count * sizeof(*interrupts));
	check(ioctl(device->fd, VFIO_DEVICE_SET_IRQS, set), "VFIO_DEVICE_SET_IRQS");
	free(set);
}

int main(int argc, char **argv)
{
	static const int depths[DEPTHS] = { 1, 32 };
	const size_t length = (4 + ENTRIES) * PAGE;
	int interrupts[2], file;
	struct queue admins, io;
	struct device device;
	void *memory;

	if (argc != 2)
		errx(2, "usage: nvme_read BDF");
	device = open_device(argv[1]);
	enable(&device, MEMORY_SPACE_AND_BUS_MASTER);
	registers = map_bar(&device, 0, 0x4000);
	for (int i = 0; i < 2; i++)
		interrupts[i] = check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
	arm(&device, interrupts, 2);

	file = check(memfd_create("nvme", MFD_CLOEXEC), "memfd_create");
	check(ftruncate(file, length), "ftruncate");
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	struct iommu_ioas_map_file map = {
		.size = sizeof(map), .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE,
		.ioas_id = device.ioas, .fd = file, .length = length, .iova = IOVA,
	};
	check(ioctl(device.iommufd, IOMMU_IOAS_MAP_FILE, &map), "IOMMU_IOAS_MAP_FILE");

	registers[CC] = 0;
	while (registers[CSTS] & 1)
		;
	registers[AQA] = (ADMIN_ENTRIES - 1) << 16 | (ADMIN_ENTRIES - 1);
	registers[ASQ] = (uint32_t)IOVA;
	registers[ASQ + 1] = IOVA >> 32;
	registers[ACQ] = (uint32_t)(IOVA + PAGE);
	registers[ACQ + 1] = IOVA >> 32;
	registers[CC] = 4 << 20 | 6 << 16 | 1; /* entries of 16 and 64 bytes, enabled */
	while (!(registers[CSTS] & 1))
		;
	admins = queue(memory, 0, ADMIN_ENTRIES, interrupts[0]);
	io = queue(memory, 1, ENTRIES, interrupts[1]);
	/* Physically contiguous, with interrupts by vector 1. */
	admin(&admins, (struct command){ .opcode = CREATE_CQ, .prp1 = IOVA + 3 * PAGE, .cdw10 = (ENTRIES - 1) << 16 | 1, .cdw11 = 1 << 16 | 3 });
	admin(&admins, (struct command){ .opcode = CREATE_SQ, .prp1 = IOVA + 2 * PAGE, .cdw10 = (ENTRIES - 1) << 16 | 1, .cdw11 = 1 << 16 | 1 });
	for (int i = 0; i < DEPTHS; i++)
		printf("%f queue depth %d\n", reads(&io, depths[i]), depths[i]);
	return 0;
}
