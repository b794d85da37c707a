// What has to happen when a signal comes. It is C because only C says what a signal handler may do.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// From now on the signals that ask a process to end still end it, with the status that they have by themselves, but
// first remove the drafts that are being written and say so in one sentence that begins with `program`. A write to a
// pipe without a reader, or beyond the limit on the size of files, is an error of that write and no end.
// A hang-up that the process was told to ignore, as `nohup` does, stays ignored.
void cs_prepare(const char *program);
// The name; NULL before.
const char *cs_program(void);

// From now on the first of the signals that are listened for is noted, and the next one ends the process.
void cs_listen(int number);
// Undoes that; what was noted stays.
void cs_stop_listening(int number);
// The signal that was noted; 0 if none was.
int cs_noted(void);

// Does this, too, before a signal ends the process; it may only call what a signal handler may.
void cs_before_end(void (*action)(void));

// Ends the process with a sentence and a status as a signal would: drafts are removed, and what `cs_before_end` was
// given is done. It does not allocate. Of several threads the first one speaks.
_Noreturn void cs_end(const char *sentence, int status);

// Remembers a file that a signal has to remove.
// Returns its number; -1 if there is no room for another one.
int cs_remember_draft(const char *path);
void cs_forget_draft(int number);

#ifdef __cplusplus
}
#endif
