#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

typedef struct {
  const uint8_t *data;
  size_t size;
  size_t position;
  png_bytep *rows;
  char *message;
  jmp_buf end;
} reader;

static void fail(png_structp png, png_const_charp reason) {
  reader *state = png_get_error_ptr(png);
  ci_say(state->message, "is damaged: %s", reason);
  longjmp(state->end, 1);
}

/* Damage that libpng gets over is not worth a word; Pillow passes over it too. */
static void pass_over(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  reader *state = png_get_io_ptr(png);
  if (count > state->size - state->position) {
    ci_say(state->message, "ends too early");
    longjmp(state->end, 1);
  }
  memcpy(target, state->data + state->position, count);
  state->position += count;
}

static void decode(
    png_structp png, png_infop info, reader *state, ci_limits limits, ci_image *image) {
  png_set_read_fn(png, state, read_bytes);
  /* Text, profiles and times are neither unpacked nor checked. */
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(png, 100);
  png_set_chunk_malloc_max(png, 1 << 20);
  png_read_info(png, info);
  /* Before the library makes room for rows. */
  const uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  if (ci_check_size(width, height, limits, state->message)) longjmp(state->end, 1);

  const int type = png_get_color_type(png, info);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_16(png); /* the high byte */
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);

  if (ci_allocate(image, width, height, png_get_channels(png, info), state->message))
    longjmp(state->end, 1);
  const size_t stride = (size_t)image->width * image->channels;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "rows of an unexpected length");
  state->rows = malloc(height * sizeof(png_bytep));
  if (state->rows == NULL) png_error(png, "out of memory");
  for (uint32_t y = 0; y < height; ++y) state->rows[y] = image->pixels + y * stride;
  png_read_image(png, state->rows);
  /* What follows the pixels is not looked at. */
}

/* The frame that errors jump to. It has no variables of its own, which a jump could spoil. */
static int try_decoding(
    png_structp png, png_infop info, reader *state, ci_limits limits, ci_image *image) {
  if (setjmp(state->end) != 0) return 1;
  decode(png, info, state, limits, image);
  return 0;
}

int ci_decode_png(
    const uint8_t *data, size_t size, ci_limits limits, ci_image *image,
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
  const int status = try_decoding(png, info, &state, limits, image);
  free(state.rows);
  png_destroy_read_struct(&png, &info, NULL);
  if (status != 0) ci_free(image);
  return status;
}
