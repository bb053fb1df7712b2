#include "support.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Each thread keeps the memory of its last image for the next one: giving it back to the system and
   having it mapped again takes longer than half of decoding a small image. */
enum { largest_kept = 16 << 20 };

typedef struct {
  size_t capacity;
  _Alignas(16) uint8_t bytes[];
} block;

static pthread_key_t kept;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_key;

static void make_key(void) { has_key = pthread_key_create(&kept, free) == 0; }

static uint8_t *take_zeroed(size_t size) {
  pthread_once(&once, make_key);
  block *old = has_key ? pthread_getspecific(kept) : NULL;
  if (old != NULL && old->capacity >= size) {
    pthread_setspecific(kept, NULL);
    memset(old->bytes, 0, size);
    return old->bytes;
  }
  block *new = calloc(1, offsetof(block, bytes) + size);
  if (new == NULL) return NULL;
  new->capacity = size;
  return new->bytes;
}

int ci_allocate(
    ci_image *image, uint32_t width, uint32_t height, uint32_t channels,
    char message[CI_MESSAGE_SIZE]) {
  /* Less than 2^64: the number of pixels has been checked. */
  image->pixels = take_zeroed((size_t)width * height * channels);
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
  if (image->pixels == NULL) return;
  block *last = (block *)(image->pixels - offsetof(block, bytes));
  image->pixels = NULL;
  if (has_key && last->capacity <= largest_kept) {
    block *old = pthread_getspecific(kept);
    if (pthread_setspecific(kept, last) == 0) {
      free(old);
      return;
    }
  }
  free(last);
}
