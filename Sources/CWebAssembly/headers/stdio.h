#pragma once
#include <stddef.h>

int putchar(int character);
// Knows %s, %ld and %.3g.
int snprintf(char *text, size_t size, const char *format, ...);
