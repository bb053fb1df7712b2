#include "tiff_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
  ci_tiff_file *file = handle;
  if (count < 0 || file->position >= file->size) return 0;
  const size_t rest = file->size - file->position;
  const size_t taken = (size_t)count < rest ? (size_t)count : rest;
  memcpy(target, file->data + file->position, taken);
  file->position += taken;
  return (tmsize_t)taken;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  ci_tiff_file *file = handle;
  if (whence == SEEK_CUR) offset += file->position;
  if (whence == SEEK_END) offset += file->size;
  file->position = offset < file->size ? (size_t)offset : file->size;
  return offset;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t file_size(thandle_t handle) { return ((ci_tiff_file *)handle)->size; }

static int map(thandle_t handle, void **base, toff_t *size) {
  ci_tiff_file *file = handle;
  *base = (void *)(uintptr_t)file->data;
  *size = file->size;
  return 1;
}

static void unmap(thandle_t handle, void *base, toff_t size) {
  (void)handle, (void)base, (void)size;
}

#if TIFFLIB_VERSION >= 20221213
#define HAS_OPTIONS 1
static int keep_error(
    TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)module;
  ci_tiff_file *file = data;
  if (file->message[0] == 0) {
    char reason[CI_MESSAGE_SIZE];
    vsnprintf(reason, sizeof reason, format, arguments);
    ci_say(file->message, "is damaged: %s", reason);
  }
  return 1;
}

static int pass_over(
    TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)data, (void)module, (void)format, (void)arguments;
  return 1;
}
#endif

TIFF *ci_open_tiff(ci_tiff_file *file) {

#ifdef HAS_OPTIONS
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return NULL;
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_error, file);
  TIFFOpenOptionsSetWarningHandlerExtR(options, pass_over, file);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, ci_max_buffer);
  TIFF *tiff = TIFFClientOpenExt(
      "image", "r", file, read_bytes, write_nothing, seek, close_nothing, file_size, map, unmap,
      options);
  TIFFOpenOptionsFree(options);
  return tiff;
#else
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  return TIFFClientOpen(
      "image", "r", file, read_bytes, write_nothing, seek, close_nothing, file_size, map, unmap);
#endif
}
