#ifndef CIMAGES_H
#define CIMAGES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The channels of a pixel. */
typedef enum {
  CI_GREY,
  CI_GREY_ALPHA,
  CI_RGB,
  CI_RGB_ALPHA,
  CI_CMYK, /* inverted ink, as JPEG stores it */
} ci_layout;

enum { CI_MESSAGE_SIZE = 256 };

/* Decoded pixels: interleaved, 8 bits per channel, rows from the top, without padding. */
typedef struct {
  uint8_t *pixels; /* free with ci_free */
  uint32_t width;
  uint32_t height;
  uint32_t channels; /* bytes per pixel */
  ci_layout layout;
  uint32_t bits;    /* per channel in the file: 1, 2, 4, 8 or 16; the high byte of 16 is kept */
  uint32_t maximum; /* the largest colour value of a 16-bit file, otherwise 0 */
  char warning[CI_MESSAGE_SIZE]; /* damage for which pixels were made up, otherwise empty */
} ci_image;

/*
 * All return 0 and fill `image`, or return 1, leave nothing to be freed, and write a reason into
 * `message`. The number of pixels is checked before memory is allocated for them. Errors of the
 * libraries end inside: no jump crosses the caller's frames.
 */
__attribute__((warn_unused_result)) int ci_decode_png(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

/* The values of the file as they are: numbers of palette colours are kept, grey of fewer than 8 bits is not
 * scaled, and alpha is left out. 16 bits a channel are refused. */
__attribute__((warn_unused_result)) int ci_decode_png_values(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

/* `divisor` is 1, 2, 4 or 8: both sides are divided by it, rounded up, in the inverse DCT. The limit is for the
 * pixels of the whole image. */
__attribute__((warn_unused_result)) int ci_decode_jpeg(
    const uint8_t *data, size_t size, uint32_t divisor, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

__attribute__((warn_unused_result)) int ci_decode_tiff(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

__attribute__((warn_unused_result)) int ci_decode_webp(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]);

void ci_free(ci_image *image);

/*
 * Encodes interleaved 8-bit RGB rows as a PNG file in `data`; the caller frees it with free(). The output
 * is deterministic for a given version of libpng and zlib. Returns 0, or 1 with a reason in `message`.
 */
__attribute__((warn_unused_result)) int ci_encode_png(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **data, size_t *size,
    char message[CI_MESSAGE_SIZE]);

/* The same for numbers of palette colours, one byte a pixel; `colors` are `count` times RGB, at most 256. */
__attribute__((warn_unused_result)) int ci_encode_palette_png(
    const uint8_t *numbers, uint32_t width, uint32_t height, const uint8_t *colors, uint32_t count,
    uint8_t **data, size_t *size, char message[CI_MESSAGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
