#ifndef CIMAGES_TIFF_FILE_H
#define CIMAGES_TIFF_FILE_H

#include <tiffio.h>

#include "support.h"

/* The largest buffer for a row, strip or tile, and for anything else that the library makes room for. */
enum { ci_max_buffer = 512 << 20 };

/* A TIFF file in memory. */
typedef struct {
  const uint8_t *data;
  size_t size;
  size_t position;
  char *message;
} ci_tiff_file;

/* Opens the file for libtiff, whose first error is put into its message. It must outlive the result.
   Returns NULL if it is no TIFF file. */
TIFF *ci_open_tiff(ci_tiff_file *file);

#endif
