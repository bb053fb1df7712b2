#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "support.h"

typedef struct {
  const uint8_t *data;
  size_t size;
  size_t position;
  char *message;
  uint32_t maximum;
  jmp_buf end;
} reader;

static void fail(png_structp png, png_const_charp reason) {
  reader *state = png_get_error_ptr(png);
  ci_say(state->message, "is damaged: %s", reason);
  longjmp(state->end, 1);
}

/* libpng's warnings do not affect any pixel; Pillow ignores them too. */
static void pass_over(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  reader *state = png_get_io_ptr(png);
  if (count > state->size - state->position) {
    ci_say(state->message, "is truncated");
    longjmp(state->end, 1);
  }
  memcpy(target, state->data + state->position, count);
  state->position += count;
}

/* Keeps the high byte of 16-bit values, as Pillow does for colours, and records the largest value. */
static void keep_high_bytes(png_structp png, png_row_infop info, png_bytep row) {
  reader *state = png_get_user_transform_ptr(png);
  const unsigned channels = info->channels;
  const unsigned colors = channels - (channels % 2 == 0);
  uint32_t maximum = state->maximum;
  for (size_t pixel = 0; pixel < info->width; ++pixel) {
    for (unsigned channel = 0; channel < channels; ++channel) {
      const size_t place = pixel * channels + channel;
      const uint32_t value = (uint32_t)row[2 * place] << 8 | row[2 * place + 1];
      if (channel < colors && value > maximum) maximum = value;
      row[place] = (uint8_t)(value >> 8);
    }
  }
  state->maximum = maximum;
}

static void decode(
    png_structp png, png_infop info, reader *state, uint64_t max_pixels, int as_values,
    ci_image *image) {
  png_set_read_fn(png, state, read_bytes);
  /* A wrong checksum is an error, as in Pillow, even in chunks that do not affect any pixel. */
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  /* Text, profiles and times are not decompressed. */
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(png, 100);
  png_set_chunk_malloc_max(png, 1 << 20);
  png_read_info(png, info);
  /* Checked before libpng allocates memory for rows. */
  const uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  if (ci_check_size(width, height, max_pixels, state->message)) longjmp(state->end, 1);

  const int type = png_get_color_type(png, info);
  image->bits = png_get_bit_depth(png, info);
  if (as_values && image->bits == 16) {
    ci_say(state->message, "has 16 bits a channel, but the values of a mask have at most 8");
    longjmp(state->end, 1);
  }
  const int has_indices = as_values && type == PNG_COLOR_TYPE_PALETTE;
  if (type == PNG_COLOR_TYPE_PALETTE && !has_indices) png_set_palette_to_rgb(png);
  if (as_values && image->bits < 8) png_set_packing(png);
  if (!as_values && type == PNG_COLOR_TYPE_GRAY && image->bits < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  int channels = type & PNG_COLOR_MASK_COLOR && !has_indices ? 3 : 1;
  if (as_values) {
    if (type & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(png);
  } else if (png_get_valid(png, info, PNG_INFO_tRNS) != 0) {
    png_set_tRNS_to_alpha(png);
    channels += 1;
  } else if (type & PNG_COLOR_MASK_ALPHA) {
    channels += 1;
  }
  if (image->bits == 16) {
    png_set_read_user_transform_fn(png, keep_high_bytes);
    png_set_user_transform_info(png, state, 8, channels);
  }
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);

  if (png_get_channels(png, info) != channels) png_error(png, "an unexpected number of channels");
  const ci_layout layouts[] = {CI_GREY, CI_GREY_ALPHA, CI_RGB, CI_RGB_ALPHA};
  image->layout = layouts[channels - 1];
  if (ci_allocate(image, width, height, channels, state->message)) longjmp(state->end, 1);
  const size_t stride = (size_t)width * channels;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "rows of an unexpected length");
  for (int pass = 0; pass < passes; ++pass)
    for (uint32_t y = 0; y < height; ++y) png_read_row(png, image->pixels + y * stride, NULL);
  image->maximum = state->maximum;
  /* Reading the last row has verified the end of the data; later chunks are not read. */
}

/* The frame that errors jump to. It has no local variables that a jump could clobber. */
static int try_decoding(
    png_structp png, png_infop info, reader *state, uint64_t max_pixels, int as_values,
    ci_image *image) {
  if (setjmp(state->end) != 0) return 1;
  decode(png, info, state, max_pixels, as_values, image);
  return 0;
}

static int decode_png(
    const uint8_t *data, size_t size, uint64_t max_pixels, int as_values, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  reader state = {.data = data, .size = size, .message = message};
  memset(image, 0, sizeof *image);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, fail, pass_over);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  if (info == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    ci_say(message, "does not fit into memory");
    return 1;
  }
  const int status = try_decoding(png, info, &state, max_pixels, as_values, image);
  png_destroy_read_struct(&png, &info, NULL);
  if (status != 0) ci_free(image);
  return status;
}

int ci_decode_png(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  return decode_png(data, size, max_pixels, 0, image, message);
}

int ci_decode_png_values(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  return decode_png(data, size, max_pixels, 1, image, message);
}
