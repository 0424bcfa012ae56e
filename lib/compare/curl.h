/* curl.h - libcurl, loaded when somebody asks the first question.
 *
 * Loading it costs more time than most commands take, as it brings two dozen libraries of its own; only `diff`
 * needs it. So it is opened by hand, and a machine without it can do everything else.
 */
#ifndef COMPARE_CURL_H
#define COMPARE_CURL_H

/* The checks of types are macros around the functions, which are pointers here. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/error.h"

/* The functions, by their names without "curl_". */
#define CURL_FUNCTIONS(row)                                                                        \
	row(easy_init) row(easy_setopt) row(easy_cleanup) row(easy_reset) row(easy_getinfo)        \
		row(easy_strerror) row(global_init) row(multi_init) row(multi_cleanup)             \
			row(multi_setopt) row(multi_add_handle) row(multi_remove_handle)           \
				row(multi_perform) row(multi_poll) row(multi_info_read)            \
					row(multi_strerror) row(slist_append) row(slist_free_all)

struct curl_api {
#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

/* The same for every call. NULL with a sentence when the library is not there, or too old. Not for several
 * threads at a time. */
const struct curl_api *curl_load(struct error *error);

#endif
