// What happens where the C library has no memory left.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// From now on `handler` is called with one sentence where `malloc` and its kin find no memory. It should end the
// process and must not allocate; if it returns, the caller gets NULL as ever.
//
// Swift's runtime and Foundation answer NULL by a trap, which says nothing of memory to whoever catches it. So the
// refusal is caught where it is made, which only the GNU C library allows; elsewhere this has no effect, nor under
// the sanitizers, which have an allocator of their own.
void ca_on_refusal(void (*handler)(const char *sentence));

#ifdef __cplusplus
}
#endif
