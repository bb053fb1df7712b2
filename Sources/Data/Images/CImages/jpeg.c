#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "support.h"

/* A progressive file can decode the same pixels any number of times; real files have about ten scans. */
enum { max_scans = 100 };

typedef struct {
  struct jpeg_error_mgr errors; /* must be first: libjpeg only knows this part */
  char *message;
  char *warning;
  jmp_buf end;
} error_state;

static void fail(j_common_ptr info) {
  error_state *state = (error_state *)info->err;
  char reason[JMSG_LENGTH_MAX];
  info->err->format_message(info, reason);
  switch (info->err->msg_code) {
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      ci_say(state->message, "is a kind of JPEG that cannot be read: %s", reason);
      break;
    default: ci_say(state->message, "is damaged: %s", reason);
  }
  longjmp(state->end, 1);
}

/* As in Pillow, libjpeg's errors are errors and its warnings are not. But the first warning that means
   that pixels were made up is kept. */
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  error_state *state = (error_state *)info->err;
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA: return;
    default: break;
  }
  if (state->warning[0] != 0) return;
  char reason[JMSG_LENGTH_MAX];
  info->err->format_message(info, reason);
  ci_say(state->warning, "%s", reason);
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

/* The whole file is in memory. At its end, libjpeg is told that more data will follow, as in Pillow: it
   then stops, while its own sources would insert an end-of-image marker. */
static void do_nothing(j_decompress_ptr decoder) { (void)decoder; }

static boolean no_more(j_decompress_ptr decoder) {
  (void)decoder;
  return FALSE;
}

static void skip(j_decompress_ptr decoder, long count) {
  struct jpeg_source_mgr *source = decoder->src;
  if (count <= 0) return;
  const size_t step =
      (size_t)count < source->bytes_in_buffer ? (size_t)count : source->bytes_in_buffer;
  source->next_input_byte += step;
  source->bytes_in_buffer -= step;
}

static void end_too_early(j_decompress_ptr decoder) {
  error_state *state = (error_state *)decoder->err;
  ci_say(state->message, "is truncated");
  longjmp(state->end, 1);
}

static void decode(
    j_decompress_ptr decoder, uint32_t divisor, uint64_t max_pixels, ci_image *image) {
  error_state *state = (error_state *)decoder->err;
  if (jpeg_read_header(decoder, TRUE) != JPEG_HEADER_OK) end_too_early(decoder);
  switch (decoder->num_components) {
    case 1:
      decoder->out_color_space = JCS_GRAYSCALE;
      image->layout = CI_GREY;
      break;
    case 3:
      decoder->out_color_space = JCS_RGB;
      image->layout = CI_RGB;
      break;
    case 4:
      decoder->out_color_space = JCS_CMYK;
      image->layout = CI_CMYK;
      break;
    default:
      ci_say(state->message, "has %d channels; 1, 3 or 4 can be read", decoder->num_components);
      longjmp(state->end, 1);
  }
  image->bits = 8;
  if (ci_check_size(decoder->image_width, decoder->image_height, max_pixels, state->message))
    longjmp(state->end, 1);
  /* As Image.draft of Pillow does. */
  decoder->scale_num = 1;
  decoder->scale_denom = divisor;
  jpeg_calc_output_dimensions(decoder);
  if (ci_allocate(
          image, decoder->output_width, decoder->output_height, decoder->num_components,
          state->message))
    longjmp(state->end, 1);
  /* The accurate inverse DCT and smooth chroma upsampling, as in Pillow. */
  decoder->dct_method = JDCT_ISLOW;
  decoder->do_fancy_upsampling = TRUE;
  if (!jpeg_start_decompress(decoder)) end_too_early(decoder);
  if (decoder->output_width != image->width || decoder->output_height != image->height ||
      decoder->output_components != (int)image->channels)
    ERREXIT(decoder, JERR_BAD_LENGTH);
  const size_t stride = (size_t)image->width * image->channels;
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = image->pixels + decoder->output_scanline * stride;
    if (jpeg_read_scanlines(decoder, &row, 1) != 1) end_too_early(decoder);
  }
  /* Reads what follows a marker within the scan; an error there means that the scan is damaged. A missing
     end does not affect the rows that have been decoded. */
  if (!jpeg_finish_decompress(decoder) && state->warning[0] == 0)
    ci_say(state->warning, "the file is truncated");
}

/* The frame that errors jump to. It has no local variables that a jump could clobber. */
static int try_decoding(
    j_decompress_ptr decoder, struct jpeg_progress_mgr *progress, struct jpeg_source_mgr *source,
    uint32_t divisor, uint64_t max_pixels, ci_image *image, error_state *state) {
  if (setjmp(state->end) != 0) return 1;
  jpeg_create_decompress(decoder);
  decoder->progress = progress;
  decoder->src = source;
  decode(decoder, divisor, max_pixels, image);
  return 0;
}

int ci_decode_jpeg(
    const uint8_t *data, size_t size, uint32_t divisor, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress = {.progress_monitor = watch_scans};
  struct jpeg_source_mgr source = {
      .next_input_byte = data,
      .bytes_in_buffer = size,
      .init_source = do_nothing,
      .fill_input_buffer = no_more,
      .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = do_nothing,
  };
  error_state state;
  memset(&decoder, 0, sizeof decoder);
  memset(image, 0, sizeof *image);
  decoder.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = fail;
  state.errors.emit_message = warn;
  state.errors.output_message = say_nothing;
  state.message = message;
  state.warning = image->warning;
  const int status =
      try_decoding(&decoder, &progress, &source, divisor, max_pixels, image, &state);
  jpeg_destroy_decompress(&decoder);
  if (status != 0) ci_free(image);
  return status;
}
