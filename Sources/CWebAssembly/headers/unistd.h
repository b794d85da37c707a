#pragma once
#include <stddef.h>

#define STDERR_FILENO 2
// Adds to the message that the page shows, whatever the file.
long write(int file, const void *bytes, size_t size);
