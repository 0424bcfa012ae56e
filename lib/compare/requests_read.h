/* requests_read.h - what readers of request files share. Private to lib/compare.
 *
 * A reader goes through the text of one source. For each request it begins with requests_blank(), fills it
 * with the functions below and hands it to requests_take(), which checks it, completes it, and makes a probe
 * of it or counts a repetition. What is no request goes to requests_refuse().
 */
#ifndef COMPARE_REQUESTS_READ_H
#define COMPARE_REQUESTS_READ_H

#include "compare/requests.h"

enum {
	REQUESTS_SHOWN = 3,     /* findings a source about what is no request */
	REQUESTS_HEADERS = 100, /* most of a request */
	REQUESTS_LINE =
		1024 * 1024, /* most bytes of a line of text, of a target, of headers together */
	REQUESTS_BODY = 16 * 1024 * 1024,
};

struct requests_reader {
	struct probes *probes;
	const struct requests_options *options;
	struct findings *findings;
	struct str name; /* of the source */
	struct str text; /* all of it, for formats that are read as a whole; else empty */
	uint32_t source;
	struct requests_window *window; /* private: for the others */
	struct arena scratch;           /* texts of one request; emptied by requests_blank() */
	struct arena_mark start;
	size_t taken, refused;
};

/* A request on its way to a probe. Texts are slices of the source or live in the scratch. */
struct requests_one {
	struct route_request request; /* headers: of `headers` */
	struct route_header *headers;
	bool has_scheme;
	struct str host; /* of a Host header: it is sent instead of the URL's, whose port and server
	                    name stay */
	struct str body;
	unsigned status;
	uint32_t line;     /* of the source, from 1 */
	struct str entry;  /* "entry 3"; empty: the line says where it stands */
	const char *wrong; /* why it is no request, once something has found out; literal */
};

/* Begins a request at that line of the source: everything is empty. Texts of the one before are gone. */
void requests_blank(struct requests_reader *reader, struct requests_one *one, uint32_t line);

/* Sets `wrong` unless something is wrong already; returns false. */
bool requests_wrong(struct requests_one *one, const char *why);

/* "https://user:pw@host:port/path?query", "host/path" when `bare`, else "/path". User and password become a
 * header, a fragment is cut off, and what no request line can hold is escaped. False and `wrong` when it is no
 * URL. */
bool requests_url(struct requests_reader *reader, struct requests_one *one, struct str url,
		  bool bare);

/* Adds a header as a client sends it. Host is kept apart; what belongs to a connection and not to a
 * request (Connection, Content-Length, HTTP/2's ":" headers ...) is left out, and so are blanks around name and
 * value. False and `wrong` when it can be no header. */
bool requests_header(struct requests_reader *reader, struct requests_one *one, struct str name,
		     struct str value);

/* Whether a header of that name is there. */
bool requests_has_header(const struct requests_one *one, const char *name);

/* Adds Authorization: "Basic ..." of "user:password". False and `wrong` as requests_header(). */
bool requests_basic(struct requests_reader *reader, struct requests_one *one, struct str user);

/* The words of a request line, "GET /path HTTP/1.1", the last one may be missing. The target is taken as it
 * is; absolute-form is a URL. False and `wrong` when it is no request line. */
bool requests_request_line(struct requests_reader *reader, struct requests_one *one,
			   struct str line);

/* "HTTP/2.0", "h2", "HTTP/1.0", ...; what is no version leaves HTTP/1.1. */
enum route_version requests_version(struct str text);

/* Makes a probe of it, or refuses it. */
void requests_take(struct requests_reader *reader, struct requests_one *one);

/* Counts what is no request; the first ones become findings I2G129 at their line. `why`: "... ", behind
 * "this is no request: ". */
void requests_refuse(struct requests_reader *reader, uint32_t line, const char *why);

/* The next line of the source, without its end; false behind the last one. It is valid until the next call.
 * *number counts up. Lines of more than REQUESTS_LINE bytes are refused and not handed out. */
bool requests_next(struct requests_reader *reader, struct str *line, uint32_t *number);

/* Cuts the next line off *rest, as above; for texts in memory. */
bool requests_line(struct str *rest, struct str *line, uint32_t *number);

/* ---- the readers, and what they recognise: 0 no, the higher the surer ---- */

/* The first lines of a text, whole ones as far as there are. */
enum { REQUESTS_HEAD = 64 * 1024 };

unsigned lines_recognise(struct str head);
void lines_read(struct requests_reader *reader);
unsigned nginx_recognise(struct str head);
unsigned apache_recognise(struct str head);
void log_read(struct requests_reader *reader);
unsigned curl_recognise(struct str head);
void curl_read(struct requests_reader *reader);
unsigned har_recognise(struct str head);
void har_read(struct requests_reader *reader);
unsigned json_recognise(struct str head);
void json_read(struct requests_reader *reader);
unsigned openapi_recognise(struct str head);
void openapi_read(struct requests_reader *reader);

/* A line of an access log as log_read() takes it. False and `wrong` when it is none. */
bool log_take_line(struct requests_reader *reader, struct requests_one *one, struct str line);

#endif
