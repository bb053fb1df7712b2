#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static int encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t format, const uint8_t *colors,
    uint32_t count, uint8_t **data, size_t *size, char message[CI_MESSAGE_SIZE]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = format;
  image.colormap_entries = count;
  png_alloc_size_t capacity = PNG_IMAGE_PNG_SIZE_MAX(image);
  *data = malloc(capacity);
  if (*data == NULL) {
    ci_say(message, "does not fit into memory");
    return 1;
  }
  if (!png_image_write_to_memory(&image, *data, &capacity, 0, pixels, 0, colors)) {
    ci_say(message, "cannot be encoded: %s", image.message);
    free(*data);
    *data = NULL;
    return 1;
  }
  *size = capacity;
  return 0;
}

int ci_encode_png(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **data, size_t *size,
    char message[CI_MESSAGE_SIZE]) {
  return encode(rgb, width, height, PNG_FORMAT_RGB, NULL, 0, data, size, message);
}

int ci_encode_palette_png(
    const uint8_t *numbers, uint32_t width, uint32_t height, const uint8_t *colors, uint32_t count,
    uint8_t **data, size_t *size, char message[CI_MESSAGE_SIZE]) {
  return encode(
      numbers, width, height, PNG_FORMAT_RGB_COLORMAP, colors, count, data, size, message);
}
