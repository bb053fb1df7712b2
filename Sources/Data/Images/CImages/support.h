#ifndef CIMAGES_SUPPORT_H
#define CIMAGES_SUPPORT_H

#include "CImages.h"

/* Formats a reason like printf, truncated to the size of the buffer. */
__attribute__((format(printf, 2, 3))) void ci_say(
    char message[CI_MESSAGE_SIZE], const char *format, ...);

/* Checks the number of pixels against the limit. Returns 0, or 1 with a reason in `message`. */
int ci_check_size(
    uint64_t width, uint64_t height, uint64_t max_pixels, char message[CI_MESSAGE_SIZE]);

/* Allocates pixels of a size that has been checked. Returns 0, or 1 with a reason in `message`. */
int ci_allocate(
    ci_image *image, uint32_t width, uint32_t height, uint32_t channels,
    char message[CI_MESSAGE_SIZE]);

#endif
