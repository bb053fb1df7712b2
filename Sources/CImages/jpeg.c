#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "support.h"

/* A progressive file can ask for the same pixels again and again; real ones have about ten scans. */
enum { max_scans = 100 };

typedef struct {
  struct jpeg_error_mgr errors; /* first: libjpeg knows this part only */
  char *message;
  jmp_buf end;
} error_state;

static void fail(j_common_ptr info) {
  error_state *state = (error_state *)info->err;
  char reason[JMSG_LENGTH_MAX];
  info->err->format_message(info, reason);
  ci_say(state->message, "is damaged: %s", reason);
  longjmp(state->end, 1);
}

/* libjpeg makes the rest of a file that ends too early up, and only warns; here it is an error.
   Other damage that it gets over is passed over, as Pillow does. */
static void warn(j_common_ptr info, int level) {
  error_state *state = (error_state *)info->err;
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) {
    ci_say(state->message, "ends too early");
    longjmp(state->end, 1);
  }
}

static void say_nothing(j_common_ptr info) { (void)info; }

static void watch_scans(j_common_ptr info) {
  j_decompress_ptr decoder = (j_decompress_ptr)info;
  if (decoder->input_scan_number > max_scans) {
    error_state *state = (error_state *)info->err;
    ci_say(state->message, "has more than %d scans", max_scans);
    longjmp(state->end, 1);
  }
}

static void decode(
    j_decompress_ptr decoder, struct jpeg_progress_mgr *progress, const uint8_t *data, size_t size,
    ci_limits limits, ci_image *image, error_state *state) {
  jpeg_create_decompress(decoder);
  decoder->progress = progress;
  jpeg_mem_src(decoder, (unsigned char *)data, size);
  jpeg_read_header(decoder, TRUE);
  switch (decoder->num_components) {
    case 1: decoder->out_color_space = JCS_GRAYSCALE; break;
    case 3: decoder->out_color_space = JCS_RGB; break;
    case 4: decoder->out_color_space = JCS_CMYK; break;
    default:
      ci_say(state->message, "has %d channels; 1, 3 or 4 can be read", decoder->num_components);
      longjmp(state->end, 1);
  }
  if (ci_check_size(decoder->image_width, decoder->image_height, limits, state->message) ||
      ci_allocate(
          image, decoder->image_width, decoder->image_height, decoder->num_components,
          state->message))
    longjmp(state->end, 1);
  /* The exact inverse transform and smooth chroma, which are Pillow's choice as well. */
  decoder->dct_method = JDCT_ISLOW;
  decoder->do_fancy_upsampling = TRUE;
  jpeg_start_decompress(decoder);
  if (decoder->output_width != image->width || decoder->output_height != image->height ||
      decoder->output_components != (int)image->channels)
    ERREXIT(decoder, JERR_BAD_LENGTH);
  const size_t stride = (size_t)image->width * image->channels;
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = image->pixels + decoder->output_scanline * stride;
    jpeg_read_scanlines(decoder, &row, 1);
  }
}

/* The frame that errors jump to. It has no variables of its own, which a jump could spoil. */
static int try_decoding(
    j_decompress_ptr decoder, struct jpeg_progress_mgr *progress, const uint8_t *data, size_t size,
    ci_limits limits, ci_image *image, error_state *state) {
  if (setjmp(state->end) != 0) return 1;
  decode(decoder, progress, data, size, limits, image, state);
  return 0;
}

int ci_decode_jpeg(
    const uint8_t *data, size_t size, ci_limits limits, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress = {.progress_monitor = watch_scans};
  error_state state;
  memset(&decoder, 0, sizeof decoder);
  memset(image, 0, sizeof *image);
  decoder.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = fail;
  state.errors.emit_message = warn;
  state.errors.output_message = say_nothing;
  state.message = message;
  const int status = try_decoding(&decoder, &progress, data, size, limits, image, &state);
  jpeg_destroy_decompress(&decoder);
  if (status != 0) ci_free(image);
  return status;
}
