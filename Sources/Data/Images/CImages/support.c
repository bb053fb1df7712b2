#include "support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ci_say(char message[CI_MESSAGE_SIZE], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, CI_MESSAGE_SIZE, format, arguments);
  va_end(arguments);
}

int ci_check_size(
    uint64_t width, uint64_t height, uint64_t max_pixels, char message[CI_MESSAGE_SIZE]) {
  if (width == 0 || height == 0) {
    ci_say(message, "has no pixels");
    return 1;
  }
  /* Cannot overflow: both sides have at most 32 bits. */
  if (width * height > max_pixels) {
    ci_say(
        message, "has %llu x %llu pixels; the limit is %llu pixels", (unsigned long long)width,
        (unsigned long long)height, (unsigned long long)max_pixels);
    return 1;
  }
  return 0;
}

int ci_allocate(
    ci_image *image, uint32_t width, uint32_t height, uint32_t channels,
    char message[CI_MESSAGE_SIZE]) {
  image->pixels = calloc((size_t)width * height, channels);
  if (image->pixels == NULL) {
    ci_say(message, "does not fit into memory");
    return 1;
  }
  image->width = width;
  image->height = height;
  image->channels = channels;
  return 0;
}

void ci_free(ci_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}
