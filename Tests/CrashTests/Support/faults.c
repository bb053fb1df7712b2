/* Preloaded into a program, makes the n-th file operation below a folder fail, once.
 *
 *   FAULT_FOLDER   operations on paths below this folder are counted
 *   FAULT_NUMBER   which of them fails, from 1; 0 for none
 *   FAULT_ERROR    its errno
 *   FAULT_COUNT    a file in which the operations of all processes are counted, a byte each
 *   FAULT_LOG      gets a line for the operation that failed; optional
 *
 * Counted are open for writing or creating, write, fsync, rename, mkdir and ftruncate.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long number_of(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

/* The folder may come into being under a name with the time in it, so that its parent is named. */
static int is_below(const char *path) {
  const char *folder = getenv("FAULT_FOLDER");
  if (!folder || !path) return 0;
  char whole[PATH_MAX * 2];
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) return 0;
    snprintf(whole, sizeof whole, "%s/%s", here, path);
    path = whole;
  }
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* The path of a name that is looked up in an open directory. */
static const char *path_in(int folder, const char *name, char path[PATH_MAX * 2]) {
  if (folder == AT_FDCWD || name[0] == '/') return name;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t length = readlink(link, path, PATH_MAX);
  if (length <= 0) return name;
  snprintf(path + length, (size_t)(PATH_MAX * 2 - length), "/%s", name);
  return path;
}

static int is_file_below(int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below(path);
}

/* Counts an operation; true where it is the one that fails. */
static int fails(const char *operation, const char *path) {
  const char *file = getenv("FAULT_COUNT");
  if (!file) return 0;
  int count = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (count < 0) return 0;
  flock(count, LOCK_EX);
  syscall(SYS_write, count, ".", 1);
  long place = lseek(count, 0, SEEK_END);
  close(count);
  if (place != number_of("FAULT_NUMBER")) return 0;
  const char *log = getenv("FAULT_LOG");
  if (log) {
    int target = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", operation, path);
    if (target >= 0) {
      syscall(SYS_write, target, line, (size_t)length);
      close(target);
    }
  }
  errno = (int)number_of("FAULT_ERROR");
  return 1;
}

static int fails_on(const char *operation, int descriptor) {
  if (!is_file_below(descriptor)) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  return fails(operation, path);
}

static int is_counted(int flags) { return (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0; }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  if (is_counted(flags) && is_below(path) && fails("open", path)) return -1;
  return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  if (is_counted(flags) && is_below(path) && fails("open", path)) return -1;
  return REAL(open64)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  char whole[PATH_MAX * 2];
  const char *place = path_in(folder, path, whole);
  if (is_counted(flags) && is_below(place) && fails("open", place)) return -1;
  return REAL(openat)(folder, path, flags, mode);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (fails_on("write", descriptor)) return -1;
  return REAL(write)(descriptor, bytes, count);
}

int fsync(int descriptor) {
  if (fails_on("fsync", descriptor)) return -1;
  return REAL(fsync)(descriptor);
}

int ftruncate(int descriptor, off_t length) {
  if (fails_on("ftruncate", descriptor)) return -1;
  return REAL(ftruncate)(descriptor, length);
}

int rename(const char *from, const char *to) {
  if (is_below(to) && fails("rename", to)) return -1;
  return REAL(rename)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  char whole[PATH_MAX * 2];
  const char *place = path_in(to_folder, to, whole);
  if (is_below(place) && fails("rename", place)) return -1;
  return REAL(renameat)(from_folder, from, to_folder, to);
}

int mkdirat(int folder, const char *path, mode_t mode) {
  char whole[PATH_MAX * 2];
  const char *place = path_in(folder, path, whole);
  if (is_below(place) && fails("mkdir", place)) return -1;
  return REAL(mkdirat)(folder, path, mode);
}

int mkdir(const char *path, mode_t mode) {
  if (is_below(path) && fails("mkdir", path)) return -1;
  return REAL(mkdir)(path, mode);
}
