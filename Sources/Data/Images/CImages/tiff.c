#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "tiff_file.h"

typedef struct {
  uint32_t width, height;
  uint16_t bits, samples, photometric, planar, compression;
  uint16_t alpha; /* 0: none or ignored; 1: premultiplied; 2: plain */
  uint16_t colors; /* samples of a pixel besides alpha */
  const uint16_t *red, *green, *blue; /* of a palette */
  int uses_rgba;   /* the library's own conversion to RGBA is used */
} kind;

static int refuse(ci_tiff_file *file, const char *what) {
  ci_say(file->message, "is a kind of TIFF that cannot be read: %s", what);
  return 1;
}

static int find_kind(TIFF *tiff, ci_tiff_file *file, kind *kind) {
  memset(kind, 0, sizeof *kind);
  uint16_t format = SAMPLEFORMAT_UINT, extras = 0, *types = NULL;
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &kind->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &kind->height))
    return ci_say(file->message, "is damaged: it has no size"), 1;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &kind->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &kind->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &kind->planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &kind->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  /* Not its default, which the library makes up where the tag is missing. */
  if (!TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extras, &types)) extras = 0;
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &kind->photometric))
    kind->photometric = PHOTOMETRIC_MINISWHITE;
  if (!TIFFIsCODECConfigured(kind->compression))
    return refuse(file, "its compression is not supported");
  if (kind->samples == 0 || kind->samples > 8) return refuse(file, "more than 8 samples a pixel");
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    return refuse(file, "its samples are not unsigned integers");
  const uint16_t bits = kind->bits;
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) {
    char text[40];
    snprintf(text, sizeof text, "%u bits a sample", bits);
    return refuse(file, text);
  }
  if (bits < 8 && kind->samples > 1) return refuse(file, "several samples of less than 8 bits");
  kind->colors = 1;
  switch (kind->photometric) {
    case PHOTOMETRIC_MINISWHITE:
      if (kind->samples > 1) return refuse(file, "inverted grey with other samples");
      break;
    case PHOTOMETRIC_MINISBLACK: break;
    case PHOTOMETRIC_PALETTE:
      if (bits > 8) return refuse(file, "a palette of 16 bits");
      if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &kind->red, &kind->green, &kind->blue))
        return ci_say(file->message, "is damaged: it has no palette"), 1;
      break;
    case PHOTOMETRIC_RGB: kind->colors = 3; break;
    case PHOTOMETRIC_SEPARATED: kind->colors = 4; break;
    case PHOTOMETRIC_YCBCR:
      if (bits != 8) return refuse(file, "YCbCr of other than 8 bits");
      kind->colors = 3;
      if (kind->compression == COMPRESSION_JPEG && kind->planar == PLANARCONFIG_CONTIG)
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      else
        kind->uses_rgba = 1;
      break;
    default: return refuse(file, "its colours are neither grey, RGB, CMYK, YCbCr nor a palette");
  }
  if (kind->samples < kind->colors) return refuse(file, "too few samples a pixel");
  if (kind->samples > kind->colors) {
    /* Programs forgot to say what the fourth sample of RGB is; Pillow takes it for alpha. */
    if (extras == 0) kind->alpha = kind->colors == 3 && kind->samples == 4 ? 2 : 0;
    else if (types[0] == EXTRASAMPLE_ASSOCALPHA) kind->alpha = 1;
    else if (types[0] != EXTRASAMPLE_UNSPECIFIED) kind->alpha = 2;
    if (kind->alpha && (kind->colors == 4 || kind->photometric == PHOTOMETRIC_PALETTE))
      return refuse(file, "alpha beside a palette or CMYK");
  }
  return 0;
}

/* MARK: Rows to pixels */

/* The high byte of a sample; what has fewer bits keeps its value. */
static inline uint8_t sample_at(const uint8_t *row, size_t place, const kind *kind, uint32_t *maximum) {
  switch (kind->bits) {
    case 16: {
      uint16_t value;
      memcpy(&value, row + 2 * place, 2);
      if (value > *maximum) *maximum = value;
      return (uint8_t)(value >> 8);
    }
    case 8: return row[place];
    default: {
      const unsigned bits = kind->bits, bit = (unsigned)(place * bits % 8);
      return (row[place * bits / 8] >> (8 - bits - bit)) & ((1 << bits) - 1);
    }
  }
}

/* Puts samples of one row where they belong. `plane` is the sample that the row holds, or -1 if it holds
   whole pixels. */
static void put(
    ci_image *image, const kind *kind, const uint8_t *row, uint32_t y, uint32_t x, uint32_t count,
    int plane) {
  const unsigned channels = image->channels, bits = kind->bits;
  uint8_t *target = image->pixels + ((size_t)y * image->width + x) * channels;
  const unsigned first = plane < 0 ? 0 : plane, samples = plane < 0 ? kind->samples : 1;
  const unsigned kept = kind->colors + (kind->alpha != 0);
  const unsigned last = plane < 0 ? (kind->samples < kept ? kind->samples : kept) : first + 1;
  for (size_t pixel = 0; pixel < count; ++pixel, target += channels) {
    for (unsigned sample = first; sample < last; ++sample) {
      uint32_t ignored = 0;
      uint8_t value = sample_at(
          row, pixel * samples + (sample - first), kind,
          sample < kind->colors ? &image->maximum : &ignored);
      switch (kind->photometric) {
        case PHOTOMETRIC_PALETTE:
          if (sample > 0) continue;
          target[0] = kind->red[value] >> 8;
          target[1] = kind->green[value] >> 8;
          target[2] = kind->blue[value] >> 8;
          continue;
        case PHOTOMETRIC_SEPARATED: value = 255 - value; break;
        case PHOTOMETRIC_MINISWHITE:
          if (bits < 8) value = ((1 << bits) - 1) - value;
          else if (bits == 8) value = 255 - value; /* not of 16 bits, as by Pillow */
          break;
        default: break;
      }
      if (bits < 8) value = value * 255 / ((1 << bits) - 1);
      target[sample] = value;
    }
  }
}

static int read_rows(TIFF *tiff, ci_tiff_file *file, const kind *kind, ci_image *image) {
  const int planes = kind->planar == PLANARCONFIG_SEPARATE ? kind->samples : 1;
  const int is_tiled = TIFFIsTiled(tiff);
  const uint64_t size = is_tiled ? TIFFTileSize64(tiff) : TIFFScanlineSize64(tiff);
  const uint64_t per_row = is_tiled ? TIFFTileRowSize64(tiff) : size;
  uint32_t wide = image->width, high = 1;
  if (is_tiled && (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &wide) ||
                   !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &high) || wide == 0 || high == 0))
    return ci_say(file->message, "is damaged: its tiles have no size"), 1;
  const uint64_t samples = planes > 1 ? 1 : kind->samples;
  if (size == 0 || size > ci_max_buffer || per_row * 8 < (uint64_t)wide * samples * kind->bits ||
      (is_tiled && size / per_row < high))
    return ci_say(file->message, "is damaged: its rows have an impossible size"), 1;
  uint8_t *buffer = calloc(1, size);
  if (buffer == NULL) return ci_say(file->message, "does not fit into memory"), 1;
  int status = 0;
  for (int plane = 0; plane < planes && status == 0; ++plane) {
    if (plane >= kind->colors + (kind->alpha != 0)) break;
    for (uint32_t y = 0; y < image->height && status == 0; y += high) {
      for (uint32_t x = 0; x < image->width && status == 0; x += wide) {
        const tmsize_t got = is_tiled ? TIFFReadTile(tiff, buffer, x, y, 0, (uint16_t)plane)
                                      : TIFFReadScanline(tiff, buffer, y, (uint16_t)plane);
        if (got < 0) {
          status = 1;
          break;
        }
        const uint32_t columns = image->width - x < wide ? image->width - x : wide;
        for (uint32_t row = 0; row < high && row < image->height - y; ++row)
          put(image, kind, buffer + row * per_row, y + row, x, columns, planes > 1 ? plane : -1);
      }
      if (image->height - y <= high) break;
    }
  }
  free(buffer);
  return status;
}

/* The library's own conversion of subsampled YCbCr. */
static int read_rgba(TIFF *tiff, ci_tiff_file *file, ci_image *image) {
  const size_t count = (size_t)image->width * image->height;
  uint32_t *raster = malloc(count * 4);
  if (raster == NULL) return ci_say(file->message, "does not fit into memory"), 1;
  TIFFRGBAImage rgba;
  char reason[1024] = "";
  int status = !TIFFRGBAImageBegin(&rgba, tiff, 1, reason);
  if (status == 0) {
    rgba.req_orientation = rgba.orientation; /* turned later, as all images are */
    status = !TIFFRGBAImageGet(&rgba, raster, image->width, image->height);
    TIFFRGBAImageEnd(&rgba);
  }
  for (size_t pixel = 0; pixel < count && status == 0; ++pixel) {
    image->pixels[3 * pixel] = TIFFGetR(raster[pixel]);
    image->pixels[3 * pixel + 1] = TIFFGetG(raster[pixel]);
    image->pixels[3 * pixel + 2] = TIFFGetB(raster[pixel]);
  }
  free(raster);
  return status;
}

static void divide_by_alpha(ci_image *image) {
  const size_t count = (size_t)image->width * image->height;
  const unsigned channels = image->channels, colors = channels - 1;
  for (uint8_t *pixel = image->pixels; pixel < image->pixels + count * channels; pixel += channels) {
    const unsigned alpha = pixel[colors];
    for (unsigned channel = 0; channel < colors && alpha != 255; ++channel) {
      const unsigned value = alpha == 0 ? 0 : pixel[channel] * 255u / alpha;
      pixel[channel] = value > 255 ? 255 : value;
    }
  }
}

static int decode(TIFF *tiff, ci_tiff_file *file, uint64_t max_pixels, ci_image *image) {
  kind kind;
  if (find_kind(tiff, file, &kind) ||
      ci_check_size(kind.width, kind.height, max_pixels, file->message))
    return 1;
  static const ci_layout layouts[] = {CI_GREY, CI_GREY_ALPHA, CI_RGB, CI_RGB_ALPHA};
  uint32_t channels = kind.photometric == PHOTOMETRIC_PALETTE ? 3 : kind.colors + (kind.alpha != 0);
  image->layout = kind.colors == 4 ? CI_CMYK : layouts[channels - 1];
  image->bits = kind.bits;
  if (ci_allocate(image, kind.width, kind.height, channels, file->message)) return 1;
  if (kind.uses_rgba ? read_rgba(tiff, file, image) : read_rows(tiff, file, &kind, image)) return 1;
  if (kind.alpha == 1) divide_by_alpha(image);
  return 0;
}

int ci_decode_tiff(
    const uint8_t *data, size_t size, uint64_t max_pixels, ci_image *image,
    char message[CI_MESSAGE_SIZE]) {
  memset(image, 0, sizeof *image);
  message[0] = 0;
  ci_tiff_file file = {.data = data, .size = size, .message = message};
  TIFF *tiff = ci_open_tiff(&file);
  int status = 1;
  if (tiff != NULL) {
    status = decode(tiff, &file, max_pixels, image);
    TIFFClose(tiff);
  }
  if (status != 0) {
    if (message[0] == 0) ci_say(message, "is damaged or truncated");
    ci_free(image);
  }
  return status;
}
