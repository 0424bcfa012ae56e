/* asan.h - whether this build looks for uses of memory that was given back (AddressSanitizer). Then nothing is kept
 * for reuse: what a list of free objects holds looks used to the sanitizer.
 */
#ifndef BASE_ASAN_H
#define BASE_ASAN_H

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif
#ifndef ASAN
#define ASAN 0
#endif

#endif
