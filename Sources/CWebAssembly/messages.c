// What a module has to say before it stops, for the page to read.
#include <stdarg.h>
#include <stdint.h>

#include "headers/stdio.h"
#include "headers/stdlib.h"
#include "headers/string.h"
#include "headers/unistd.h"

// The end of what was said since the last clearing.
static char messages[4096];
static size_t length;

int putchar(int character) {
  if (length == sizeof messages - 1) memmove(messages, messages + 1, --length);
  messages[length++] = (char)character;
  messages[length] = 0;
  return character;
}

long write(int file, const void *bytes, size_t size) {
  (void)file;
  for (size_t i = 0; i < size; i++) putchar(((const char *)bytes)[i]);
  return (long)size;
}

__attribute__((export_name("messages"))) const char *lab_messages(void) { return messages; }
__attribute__((export_name("clearMessages"))) void lab_clear_messages(void) {
  messages[length = 0] = 0;
}

typedef struct {
  char *next, *end;
} text;

static void add(text *to, char character) {
  if (to->next < to->end) *to->next++ = character;
}
static void add_integer(text *to, uint64_t value) {
  if (value >= 10) add_integer(to, value / 10);
  add(to, (char)('0' + value % 10));
}
// Three digits of a number that is not negative, and zeros where it has more.
static void add_number(text *to, double value) {
  uint64_t unit = 1;
  while (value >= 1000 * (double)unit && unit < UINT64_MAX / 100) unit *= 10;
  const uint64_t whole = (uint64_t)(value / (double)unit + (value >= 100 ? 0.5 : 0)) * unit;
  add_integer(to, whole);
  if (whole < 100) {
    add(to, '.');
    add_integer(to, (uint64_t)((value - (double)whole) * 10));
  }
}

int snprintf(char *to, size_t size, const char *format, ...) {
  if (size == 0) return 0;
  text written = {to, to + size - 1};
  va_list arguments;
  va_start(arguments, format);
  for (; *format; format++) {
    if (strncmp(format, "%s", 2) == 0) {
      for (const char *s = va_arg(arguments, const char *); *s; s++) add(&written, *s);
      format += 1;
    } else if (strncmp(format, "%ld", 3) == 0) {
      const long value = va_arg(arguments, long);
      if (value < 0) add(&written, '-');
      add_integer(&written, value < 0 ? -(uint64_t)value : (uint64_t)value);
      format += 2;
    } else if (strncmp(format, "%.3g", 4) == 0) {
      add_number(&written, va_arg(arguments, double));
      format += 3;
    } else {
      add(&written, *format);
    }
  }
  va_end(arguments);
  *written.next = 0;
  return (int)(written.next - to);
}

_Noreturn void abort(void) { __builtin_trap(); }
_Noreturn void _Exit(int status) {
  (void)status;
  __builtin_trap();
}
