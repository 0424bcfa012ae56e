#include "compare/curl.h"

#include <dlfcn.h>
#include <string.h>

/* The name of its interface, which has not changed since 2006. */
#define LIBRARY "libcurl.so.4"

/* A function out of the library: POSIX has dlsym() return it as a pointer to data, which C cannot turn into
 * one to a function but by its bytes. */
static bool find(void *library, const char *name, void *to, size_t size, struct error *error)
{
	void *found = dlsym(library, name);

	if (!found)
		return error_set(error, LIBRARY " has no %s: it is too old", name);
	memcpy(to, &found, size);
	return true;
}

const struct curl_api *curl_load(struct error *error)
{
	static struct curl_api api;
	static bool loaded;
	void *library;

	if (loaded)
		return &api;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		error_set(error,
			  "cannot load " LIBRARY ", which asks the questions: %s\n"
			  "  try: apt-get install libcurl4",
			  dlerror());
		return NULL;
	}
#define CURL_FIND(name)                                                                            \
	if (!find(library, "curl_" #name, &api.name, sizeof api.name, error))                      \
		return NULL;
	CURL_FUNCTIONS(CURL_FIND)
#undef CURL_FIND
	if (api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		error_set(error, LIBRARY " does not start");
		return NULL;
	}
	loaded = true;
	return &api;
}
