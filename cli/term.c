#define _GNU_SOURCE /* TIOCGWINSZ */
#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	WIDTH = 100,
	WIDTH_LEAST = 40,
	WIDTH_MOST = 400,
};

/* "" when the variable is not set. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static bool is(const char *name, const char *value)
{
	return strcmp(variable(name), value) == 0;
}

static bool is_forced(const char *name)
{
	return *variable(name) && !is(name, "0");
}

static enum term_colour from_environment(void)
{
	if (is("INGRESS2GW_COLOR", "always"))
		return TERM_COLOUR_ALWAYS;
	if (is("INGRESS2GW_COLOR", "never"))
		return TERM_COLOUR_NEVER;
	if (*variable("NO_COLOR"))
		return TERM_COLOUR_NEVER;
	if (is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR"))
		return TERM_COLOUR_ALWAYS;
	if (is("TERM", "dumb"))
		return TERM_COLOUR_NEVER;
	return TERM_COLOUR_AUTO;
}

static unsigned find_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = 0;

	if (columns)
		width = strtol(columns, NULL, 10);
	else if (ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		return WIDTH;
	return width < WIDTH_LEAST  ? WIDTH_LEAST
	       : width > WIDTH_MOST ? WIDTH_MOST
				    : (unsigned)width;
}

void term_init(struct term *term, int fd, enum term_colour when)
{
	*term = (struct term){.fd = fd, .is_terminal = isatty(fd), .width = find_width(fd)};
	if (when == TERM_COLOUR_AUTO)
		when = from_environment();
	term->colour =
		when == TERM_COLOUR_ALWAYS || (when == TERM_COLOUR_AUTO && term->is_terminal);
}
