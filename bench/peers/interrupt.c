/* The time from the write to edu's register that raises an interrupt until the thread that waits for it runs. */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "peer.h"

#define WARMUP 500
#define INTERRUPTS 3000
#define RAISE (0x60 / 4)
#define ACKNOWLEDGE (0x64 / 4)
#define BAR_LENGTH 0x100000
#define BUS_MASTER 4
#define MSI 1

static double latencies[INTERRUPTS];
static volatile uint64_t raised;
static volatile uint32_t *registers;
static int interrupt;
static sem_t handled;

static void *handle(void *unused)
{
	int waiter = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
	struct epoll_event event = { .events = EPOLLIN };

	(void)unused;
	check(epoll_ctl(waiter, EPOLL_CTL_ADD, interrupt, &event), "EPOLL_CTL_ADD");
	for (int i = -WARMUP; i < INTERRUPTS; i++) {
		uint64_t count, now;

		check(epoll_wait(waiter, &event, 1, -1), "epoll_wait");
		if (read(interrupt, &count, sizeof(count)) != sizeof(count))
			err(1, "read of the eventfd");
		now = nanoseconds();
		if (i >= 0)
			latencies[i] = (now - raised) / 1e3;
		registers[ACKNOWLEDGE] = 1;
		sem_post(&handled);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	union {
		struct vfio_irq_set set;
		char bytes[sizeof(struct vfio_irq_set) + sizeof(int)];
	} arm = {
		.set = {
			.argsz = sizeof(arm.bytes), .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			.index = MSI, .count = 1,
		},
	};
	struct device device;
	pthread_t handler;

	if (argc != 2)
		errx(2, "usage: interrupt BDF");
	device = open_device(argv[1]);
	enable(&device, BUS_MASTER);
	registers = map_bar(&device, 0, BAR_LENGTH);
	interrupt = check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
	memcpy(arm.set.data, &interrupt, sizeof(interrupt));
	check(ioctl(device.fd, VFIO_DEVICE_SET_IRQS, &arm), "VFIO_DEVICE_SET_IRQS");
	sem_init(&handled, 0, 0);
	if (pthread_create(&handler, NULL, handle, NULL))
		errx(1, "pthread_create");
	for (int i = -WARMUP; i < INTERRUPTS; i++) {
		uint64_t until = nanoseconds() + 200000;

		while (nanoseconds() < until) /* the handler waits again */
			;
		raised = nanoseconds();
		registers[RAISE] = 1;
		sem_wait(&handled);
	}
	pthread_join(handler, NULL);
	qsort(latencies, INTERRUPTS, sizeof(*latencies), compare);
	printf("%f median\n", percentile(latencies, INTERRUPTS, 0.5));
	printf("%f 99th percentile\n", percentile(latencies, INTERRUPTS, 0.99));
	return 0;
}
