// Strict C11 hides what POSIX adds.
#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE
#include "CSignals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
  int number;
  const char *name;
} endings[] = {
    {SIGINT, "SIGINT"},   {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"},   {SIGQUIT, "SIGQUIT"},
    {SIGXCPU, "SIGXCPU"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"}, {SIGALRM, "SIGALRM"},
};

enum { DRAFTS = 256 };
static _Atomic(char *) drafts[DRAFTS];
static _Atomic(const char *) own_name;
static _Atomic(void (*)(void)) last_action;
static atomic_bool is_ending;
static atomic_int noted;

const char *cs_program(void) { return atomic_load(&own_name); }

int cs_noted(void) { return atomic_load_explicit(&noted, memory_order_relaxed); }

void cs_before_end(void (*action)(void)) { atomic_store(&last_action, action); }

int cs_remember_draft(const char *path) {
  char *copy = strdup(path);
  for (int i = 0; copy && i < DRAFTS; i++) {
    char *none = NULL;
    if (atomic_compare_exchange_strong(&drafts[i], &none, copy)) return i;
  }
  free(copy);
  return -1;
}

void cs_forget_draft(int number) {
  if (number < 0) return;
  char *path = atomic_exchange(&drafts[number], NULL);
  // A handler that is at work may hold the path; one that begins later finds none.
  if (!atomic_load(&is_ending)) free(path);
}

static void unblock(int number) {
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  pthread_sigmask(SIG_UNBLOCK, &only, NULL);
}

static void say(const char *text) {
  // A reader who has stopped reading must not keep the process from ending.
  struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (poll(&output, 1, 0) == 1 && output.revents & POLLOUT) (void)!write(STDERR_FILENO, text, strlen(text));
}

static void leave_tidily(void) {
  for (int i = 0; i < DRAFTS; i++) {
    const char *path = atomic_load(&drafts[i]);
    if (path) unlink(path);
  }
  void (*action)(void) = atomic_load(&last_action);
  if (action) action();
}

_Noreturn void cs_end(const char *sentence, int status) {
  // Another thread, or a signal, is at it.
  while (atomic_exchange(&is_ending, true)) pause();
  leave_tidily();
  const char *program = atomic_load(&own_name);
  char line[512] = "";
  if (program) {
    strncat(line, program, 64);
    strcat(line, ": ");
  }
  strncat(line, sentence, 400);
  strcat(line, "\n");
  say(line);
  _exit(status);
}

static void end(int number) {
  atomic_store(&is_ending, true);
  leave_tidily();
  const char *program = atomic_load(&own_name);
  for (size_t i = 0; program && i < sizeof endings / sizeof *endings; i++) {
    if (endings[i].number != number) continue;
    char sentence[128] = "";
    strncat(sentence, program, 64);
    strcat(sentence, ": ended by ");
    strcat(sentence, endings[i].name);
    strcat(sentence, "\n");
    say(sentence);
  }
  signal(number, SIG_DFL);
  raise(number);
  unblock(number);
}

static void note(int number) {
  const int error = errno;
  int none = 0;
  // The limit on processor time is said again every second, until it is enforced.
  if (!atomic_compare_exchange_strong(&noted, &none, number) && !(number == SIGXCPU && none == SIGXCPU)) end(number);
  errno = error;
}

static void go_on(int number) { (void)number; }

// Handlers, unlike SIG_IGN, are not inherited by the programs that this one starts.
static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, earlier;
  sigfillset(&action.sa_mask);
  if (number == SIGHUP && sigaction(number, NULL, &earlier) == 0 && earlier.sa_handler == SIG_IGN) return;
  sigaction(number, &action, NULL);
  // Whoever starts this process from a thread that takes no signals hands that down.
  unblock(number);
}

void cs_prepare(const char *program) {
  atomic_store(&own_name, strdup(program));
  handle(SIGPIPE, go_on);
  handle(SIGXFSZ, go_on);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) handle(endings[i].number, end);
}

void cs_listen(int number) { handle(number, note); }

void cs_stop_listening(int number) { handle(number, end); }
