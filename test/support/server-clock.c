// Preloaded into a server of tests: its clock is ahead of the machine's by what a file says, in microseconds, so that a
// test can set it. PostgreSQL and pg_cron read it by gettimeofday() alone.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static int64_t ahead(void) {
  int64_t us = 0;
  const char *path = getenv("TEST_CLOCK_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  if (read(file, &us, sizeof us) != sizeof us) us = 0;
  close(file);
  return us;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  int64_t us = now->tv_sec * 1000000LL + now->tv_usec + ahead();
  now->tv_sec = us / 1000000;
  now->tv_usec = us % 1000000;
  return result;
}
