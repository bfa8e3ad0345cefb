/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload shim for the power's going, full and broken disks, and clocks that step:
 * LD_PRELOAD=powercut.so with
 *	POWERCUT_DIR	the folder that is watched (an absolute path, as the program itself names it)
 *	POWERCUT_JOURNAL	file that every change below the folder is written to, in order
 *	POWERCUT_FAULTS	a file of struct faults, shared memory: whoever writes to it switches faults
 *
 * All calls still go to the real files. The journal tells besides what fsync and fdatasync have
 * confirmed, so that tests/crash/disk.mjs can make the folder what a power cut would have left:
 * all that was confirmed, and of the rest any part, in sectors. The shared memory of SQLite's WAL
 * (-shm) is nobody's durable state: it is not watched.
 *
 * A sync confirms what had been written when it began; a rename, a removal and the name of a new
 * file are confirmed by a sync of their folder, a new file's name also by a sync of the file (as
 * ext4, xfs and btrfs do). Nothing really reaches the disk: a sync costs a record.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FDS = 65536, PATH_SIZE = 4096 };
/* Of one record: 24 bytes, then the path, then the data. Little-endian. */
struct record {
	char what; /* w write, t truncate, c create, u unlink, r rename (data: to), s sync */
	char pad[3];
	uint32_t path_len;
	uint64_t at; /* w: offset; t: size; s: bytes of the journal when the sync began */
	uint32_t data_len;
	uint32_t magic;
};
enum { MAGIC = 0x5043554a };

/* What the test switches. */
struct faults {
	int32_t write_errno; /* 0: none; else writes, growth and new files fail with it */
	int32_t sync_errno; /* 0: none */
	int32_t percent; /* of the calls that fail */
	int32_t pad;
	int64_t clock_ms; /* CLOCK_REALTIME is this much later */
	int64_t hits; /* counted here */
};

static struct faults none;
static struct faults *faults = &none;
static char *paths[FDS]; /* of watched open files, by descriptor */
static const char *folder;
static size_t folder_len;
static int journal = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define REAL(name, ...)                                                                        \
	static __typeof__(name) *real;                                                         \
	if (!real)                                                                             \
	real = (__typeof__(name) *)(uintptr_t)dlsym(RTLD_NEXT, __VA_ARGS__)

static int real_open(const char *path, int flags, mode_t mode)
{
	REAL(open, "open");
	return real(path, flags, mode);
}

static void start(void)
{
	const char *dir = getenv("POWERCUT_DIR"), *file = getenv("POWERCUT_JOURNAL");
	const char *control = getenv("POWERCUT_FAULTS");
	if (control) {
		int fd = real_open(control, O_RDWR | O_CLOEXEC, 0);
		void *p = fd < 0 ? MAP_FAILED
				 : mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE,
					   MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			abort();
		faults = p;
	}
	if (dir) {
		folder = strdup(dir);
		folder_len = strlen(dir);
	}
	if (dir && file &&
		(journal = real_open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		abort();
}

static bool watched(const char *path)
{
	size_t n = strlen(path);
	pthread_once(&once, start);
	return folder && strncmp(path, folder, folder_len) == 0 &&
	       (path[folder_len] == '/' || !path[folder_len]) &&
	       !(n > 4 && strcmp(path + n - 4, "-shm") == 0);
}

static const char *path_of(int fd)
{
	return fd >= 0 && fd < FDS ? __atomic_load_n(&paths[fd], __ATOMIC_ACQUIRE) : NULL;
}

/* Under the lock, beside the real call. */
static void note(char what, const char *path, uint64_t at, const void *data, size_t n)
{
	struct record r = { .what = what,
		.path_len = (uint32_t)strlen(path),
		.at = at,
		.data_len = (uint32_t)n,
		.magic = MAGIC };
	struct iovec v[] = { { &r, sizeof r }, { (void *)(uintptr_t)path, r.path_len },
		{ (void *)(uintptr_t)data, n } };
	REAL(writev, "writev");
	if (journal >= 0 && real(journal, v, 3) != (ssize_t)(sizeof r + r.path_len + n))
		abort();
}

/* true: this call fails, errno is set. */
static bool fails(int32_t code)
{
	static _Atomic uint32_t turn;
	if (!code || (turn++ * 2654435761u >> 8) % 100 >= (uint32_t)faults->percent)
		return false;
	__atomic_add_fetch(&faults->hits, 1, __ATOMIC_RELAXED);
	errno = code;
	return true;
}

/* --- files --- */

static int opened(const char *path, int flags, mode_t mode)
{
	bool ours = watched(path);
	struct stat s;
	bool fresh = ours && (flags & O_CREAT) && stat(path, &s) != 0;
	if (fresh && fails(faults->write_errno))
		return -1;
	pthread_mutex_lock(&lock);
	int fd = real_open(path, flags, mode);
	if (fd >= 0 && fd < FDS && ours) {
		__atomic_store_n(&paths[fd], strdup(path), __ATOMIC_RELEASE);
		if (fresh)
			note('c', path, 0, NULL, 0);
		else if (flags & O_TRUNC)
			note('t', path, 0, NULL, 0);
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

#define OPEN(name)                                                                             \
	int name(const char *path, int flags, ...);                                            \
	int name(const char *path, int flags, ...)                                             \
	{                                                                                      \
		mode_t mode = 0;                                                               \
		va_list args;                                                                  \
		va_start(args, flags);                                                         \
		if (flags & (O_CREAT | __O_TMPFILE))                                           \
			mode = va_arg(args, mode_t);                                           \
		va_end(args);                                                                  \
		return opened(path, flags, mode);                                              \
	}
OPEN(open)
OPEN(open64)
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return opened(path, flags, 0);
}
int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
	return opened(path, flags, 0);
}

int close(int fd)
{
	REAL(close, "close");
	if (fd >= 0 && fd < FDS)
		free(__atomic_exchange_n(&paths[fd], NULL, __ATOMIC_ACQ_REL));
	return real(fd);
}

static ssize_t written(int fd, const void *data, size_t n, off_t at)
{
	REAL(pwrite, "pwrite64");
	const char *path = path_of(fd);
	if (!path)
		return real(fd, data, n, at);
	if (fails(faults->write_errno))
		return -1;
	pthread_mutex_lock(&lock);
	ssize_t done = real(fd, data, n, at);
	if (done > 0)
		note('w', path, (uint64_t)at, data, (size_t)done);
	pthread_mutex_unlock(&lock);
	return done;
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	return written(fd, data, n, at);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	return written(fd, data, n, at);
}

ssize_t write(int fd, const void *data, size_t n)
{
	REAL(write, "write");
	const char *path = path_of(fd);
	if (!path)
		return real(fd, data, n);
	off_t at =
		fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
	ssize_t done = written(fd, data, n, at);
	if (done > 0)
		lseek(fd, at + done, SEEK_SET);
	return done;
}

static int truncated(int fd, off_t size)
{
	REAL(ftruncate, "ftruncate64");
	const char *path = path_of(fd);
	struct stat s;
	if (!path)
		return real(fd, size);
	if (fstat(fd, &s) == 0 && size > s.st_size && fails(faults->write_errno))
		return -1;
	pthread_mutex_lock(&lock);
	int rc = real(fd, size);
	if (rc == 0)
		note('t', path, (uint64_t)size, NULL, 0);
	pthread_mutex_unlock(&lock);
	return rc;
}
int ftruncate(int fd, off_t size)
{
	return truncated(fd, size);
}
int ftruncate64(int fd, off64_t size)
{
	return truncated(fd, size);
}

/* Growth that is no write: not offered, the callers write zeros then. */
int fallocate(int fd, int mode, off_t at, off_t n)
{
	REAL(fallocate, "fallocate");
	if (!path_of(fd))
		return real(fd, mode, at, n);
	errno = EOPNOTSUPP;
	return -1;
}
int posix_fallocate(int fd, off_t at, off_t n)
{
	REAL(posix_fallocate, "posix_fallocate");
	return path_of(fd) ? EOPNOTSUPP : real(fd, at, n);
}

static int synced(int fd, const char *name)
{
	REAL(fsync, name);
	const char *path = path_of(fd);
	if (!path)
		return real(fd);
	if (fails(faults->sync_errno))
		return -1;
	pthread_mutex_lock(&lock);
	if (journal >= 0)
		note('s', path, (uint64_t)lseek(journal, 0, SEEK_END), NULL, 0);
	pthread_mutex_unlock(&lock);
	return 0;
}
int fsync(int fd)
{
	return synced(fd, "fsync");
}
int fdatasync(int fd)
{
	return synced(fd, "fdatasync");
}

int unlink(const char *path)
{
	REAL(unlink, "unlink");
	bool ours = watched(path);
	pthread_mutex_lock(&lock);
	int rc = real(path);
	if (rc == 0 && ours)
		note('u', path, 0, NULL, 0);
	pthread_mutex_unlock(&lock);
	return rc;
}

int rename(const char *from, const char *to)
{
	REAL(rename, "rename");
	bool ours = watched(from) && watched(to);
	pthread_mutex_lock(&lock);
	int rc = real(from, to);
	if (rc == 0 && ours)
		note('r', from, 0, to, strlen(to));
	pthread_mutex_unlock(&lock);
	return rc;
}

/* --- clocks --- */

int clock_gettime(clockid_t clock, struct timespec *t)
{
	REAL(clock_gettime, "clock_gettime");
	int rc = real(clock, t);
	if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		pthread_once(&once, start);
		t->tv_sec += (time_t)(faults->clock_ms / 1000);
	}
	return rc;
}
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec t;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return -1;
	*tv = (struct timeval) { .tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000 };
	return 0;
}
time_t time(time_t *to)
{
	struct timespec t = { 0 };
	clock_gettime(CLOCK_REALTIME, &t);
	if (to)
		*to = t.tv_sec;
	return t.tv_sec;
}
