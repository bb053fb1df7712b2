#ifndef CIMAGES_H
#define CIMAGES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Decoded pixels: interleaved, eight bits a channel, rows from the top, without padding. */
typedef struct {
  uint8_t *pixels;  /* to be freed with ci_free */
  uint32_t width;
  uint32_t height;
  uint32_t channels;  /* 1 (grey), 3 (red, green, blue) or 4 (CMYK as stored, JPEG only) */
} ci_image;

/* What a file may ask for. */
typedef struct {
  uint32_t max_side;
  uint64_t max_pixels;
} ci_limits;

enum { CI_MESSAGE_SIZE = 256 };

/*
 * Both return 0 and fill `image`, or return 1, leave nothing to be freed, and write a reason into
 * `message`. Errors of the libraries end inside: no jump crosses the caller's frames.
 */
__attribute__((warn_unused_result)) int ci_decode_png(
    const uint8_t *data, size_t size, ci_limits limits, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

__attribute__((warn_unused_result)) int ci_decode_jpeg(
    const uint8_t *data, size_t size, ci_limits limits, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

void ci_free(ci_image *image);

#ifdef __cplusplus
}
#endif

#endif
