#include <string.h>

#include <webp/decode.h>

#include "support.h"

int ci_decode_webp(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  memset(image, 0, sizeof *image);
  WebPBitstreamFeatures features;
  switch (WebPGetFeatures(data, size, &features)) {
    case VP8_STATUS_OK: break;
    case VP8_STATUS_NOT_ENOUGH_DATA: ci_say(message, "is truncated"); return 1;
    default: ci_say(message, "is damaged: its WebP header is malformed"); return 1;
  }
  if (features.has_animation) {
    ci_say(message, "is an animated WebP image, which cannot be read");
    return 1;
  }
  const uint32_t width = features.width, height = features.height;
  const uint32_t channels = features.has_alpha ? 4 : 3;
  if (ci_check_size(width, height, max_pixels, message) ||
      ci_allocate(image, width, height, channels, message))
    return 1;
  image->bits = 8;
  image->layout = features.has_alpha ? CI_RGB_ALPHA : CI_RGB;
  const size_t stride = (size_t)width * channels, room = stride * height;
  const uint8_t *end =
      features.has_alpha ? WebPDecodeRGBAInto(data, size, image->pixels, room, (int)stride)
                         : WebPDecodeRGBInto(data, size, image->pixels, room, (int)stride);
  if (end == NULL) {
    ci_say(message, "is damaged or truncated");
    ci_free(image);
    return 1;
  }
  return 0;
}
