// Preloaded into PID 1 of a guest with systemd. The lab's kernel has no kcmp(2) (CONFIG_KCMP), by which systemd before 257 tells whether two
// descriptors are of one open file; distributions' kernels have it. This answers that question as they do, by fcntl(F_DUPFD_QUERY), and
// leaves every other system call to libc. Without it systemd compares inodes, and takes two live update sessions for one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif
#define KCMP_FILE 0

long syscall(long number, ...)
{
	long a[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_kcmp && a[0] == getpid() && a[1] == getpid() && a[2] == KCMP_FILE) {
		int same = fcntl((int)a[3], F_DUPFD_QUERY, (int)a[4]);

		return same < 0 ? -1 : !same;
	}
	long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
