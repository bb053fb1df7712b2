#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

int ci_encode_png(
    const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **data, size_t *size,
    char message[CI_MESSAGE_SIZE]) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t capacity = PNG_IMAGE_PNG_SIZE_MAX(image);
  *data = malloc(capacity);
  if (*data == NULL) {
    ci_say(message, "does not fit into memory");
    return 1;
  }
  if (!png_image_write_to_memory(&image, *data, &capacity, 0, rgb, 0, NULL)) {
    ci_say(message, "cannot be encoded: %s", image.message);
    free(*data);
    *data = NULL;
    return 1;
  }
  *size = capacity;
  return 0;
}
