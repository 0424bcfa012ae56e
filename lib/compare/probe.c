#include "compare/probe.h"

#include "compare/secret.h"
#include "report/clean.h"

void probes_init(struct probes *probes)
{
	*probes = (struct probes){0};
	arena_init(&probes->arena);
	map_init(&probes->known, &probes->arena);
}

void probes_finish(struct probes *probes)
{
	arena_finish(&probes->arena);
}

struct probe *probes_add(struct probes *probes)
{
	const struct probe fresh = {.number = (uint32_t)probes->count + 1};

	ARENA_PUSH(&probes->arena, probes->at, probes->count, fresh);
	return &probes->at[probes->count - 1];
}

bool probe_is_generated(const struct probe *probe)
{
	return str_is(probe->origin, PROBE_GENERATED);
}

struct str probe_method(const struct probe *probe)
{
	return route_method(&probe->request);
}

/* RFC 9110 9.2.1. TRACE is safe too, but answers what it was asked, and most servers refuse it. */
bool probe_is_safe(struct str method)
{
	return str_is(method, "GET") || str_is(method, "HEAD") || str_is(method, "OPTIONS");
}

static const struct route_header *headers_copy(struct arena *arena,
					       const struct route_request *request)
{
	struct route_header *headers =
		arena_array(arena, struct route_header, request->header_count);

	for (size_t i = 0; i < request->header_count; i++) {
		headers[i].name = str_dup(arena, request->headers[i].name);
		headers[i].value = str_dup(arena, request->headers[i].value);
	}
	return headers;
}

void probe_set_request(struct probe *probe, struct arena *arena,
		       const struct route_request *request)
{
	probe->request = *request;
	probe->request.method = str_dup(arena, route_method(request));
	probe->request.target = str_dup(arena, request->target);
	if (request->authority.at)
		probe->request.authority = str_dup(arena, request->authority);
	probe->request.sni = str_dup(arena, request->sni);
	probe->request.gateway = str_dup(arena, request->gateway);
	probe->request.gateway_namespace = str_dup(arena, request->gateway_namespace);
	probe->request.headers = headers_copy(arena, request);
}

/* ---- identity ---- */

static uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3;
	return hash;
}

/* With its length, so that "ab", "c" and "a", "bc" are not the same. */
static uint64_t mix(uint64_t hash, struct str text)
{
	uint64_t len = text.len;

	return mix_bytes(mix_bytes(hash, &len, sizeof len), text.at, text.len);
}

/* What is made up here comes from the matches of the input. */
static bool is_known_value(const struct probe *probe, struct str name)
{
	return !secret_header(name) ||
	       (probe_is_generated(probe) && !str_is_nocase(name, "authorization"));
}

/* `whole`: with credentials. */
static uint64_t hash_of(const struct probe *probe, bool whole)
{
	const struct route_request *request = &probe->request;
	const uint64_t numbers[] = {request->port, request->tls, (uint64_t)request->body_length,
				    request->header_count};
	uint64_t hash = mix_bytes(0xcbf29ce484222325, numbers, sizeof numbers);
	struct arena arena;

	arena_init(&arena);
	hash = mix(hash, probe_method(probe));
	hash = mix(hash, request->sni);
	hash = mix(hash, whole ? request->authority : probe_shown_authority(probe, &arena));
	hash = mix(hash, whole ? request->target : probe_shown_target(probe, &arena));
	for (size_t i = 0; i < request->header_count; i++) {
		const struct route_header *header = &request->headers[i];

		hash = mix(hash, str_lower(&arena, header->name));
		if (whole || is_known_value(probe, header->name))
			hash = mix(hash, header->value);
	}
	hash = mix(hash, whole ? probe->body : probe_shown_body(probe, &arena));
	arena_finish(&arena);
	return hash;
}

uint64_t probe_identity(const struct probe *probe)
{
	return hash_of(probe, false);
}

uint64_t probe_fingerprint(const struct probe *probe)
{
	return hash_of(probe, true);
}

/* ---- as a line of text ---- */

/* The port is shown when neither the authority nor the scheme says it. */
static void add_url(struct buf *buf, const struct probe *probe, struct str target)
{
	const struct route_request *request = &probe->request;
	struct str authority = request->authority;

	buf_text(buf, request->tls ? "https://" : "http://");
	buf_str(buf, authority.len ? authority : STR("-"));
	if (request->port && request->port != (request->tls ? 443u : 80u) &&
	    route_host(authority).len == authority.len)
		buf_format(buf, ":%u", request->port);
	if (target.len && target.at[0] != '/')
		buf_char(buf, ' ');
	buf_str(buf, target);
}

struct str probe_shown_target(const struct probe *probe, struct arena *arena)
{
	return probe_is_generated(probe) ? probe->request.target
					 : secret_target(arena, probe->request.target);
}

struct str probe_shown_body(const struct probe *probe, struct arena *arena)
{
	return probe_is_generated(probe) ? probe->body : secret_body(arena, probe->body);
}

/* user:pw@host is no legal Host, but clients send what they like. */
struct str probe_shown_authority(const struct probe *probe, struct arena *arena)
{
	struct str authority = probe->request.authority;
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < authority.len; i++)
		if (authority.at[i] == '@')
			at = i;
	return at == SIZE_MAX ? authority
			      : STR_JOIN(arena, STR(SECRET_REDACTED), str_from_pos(authority, at));
}

struct str probe_shown_value(const struct probe *probe, const struct route_header *header,
			     struct arena *arena)
{
	return is_known_value(probe, header->name) && probe_is_generated(probe)
		       ? header->value
		       : secret_header_value(arena, header->name, header->value);
}

bool probe_has_secrets(const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	struct arena arena;
	bool has = false;

	for (size_t i = 0; i < request->header_count; i++)
		has |= !is_known_value(probe, request->headers[i].name);
	arena_init(&arena);
	has |= !str_eq(probe_shown_target(probe, &arena), request->target) ||
	       !str_eq(probe_shown_authority(probe, &arena), request->authority) ||
	       !str_eq(probe_shown_body(probe, &arena), probe->body);
	arena_finish(&arena);
	return has;
}

static bool is_redacted(struct str text)
{
	return str_find_str(text, SECRET_REDACTED) != SIZE_MAX;
}

bool probe_lacks_secrets(const struct probe *probe, const struct route_header *known, size_t count)
{
	const struct route_request *request = &probe->request;
	bool lacks = is_redacted(request->target) || is_redacted(request->authority) ||
		     is_redacted(probe->body);

	for (size_t i = 0; i < request->header_count && !lacks; i++) {
		lacks = secret_header(request->headers[i].name) &&
			is_redacted(request->headers[i].value);
		for (size_t k = 0; k < count && lacks; k++)
			lacks = !str_eq_nocase(request->headers[i].name, known[k].name);
	}
	return lacks;
}

void probe_describe(struct buf *buf, const struct probe *probe)
{
	struct arena arena;
	struct buf line;

	arena_init(&arena);
	buf_init(&line);
	buf_str(&line, probe_method(probe));
	buf_char(&line, ' ');
	add_url(&line, probe, probe_shown_target(probe, &arena));
	clean_add(buf, buf_slice(&line));
	buf_finish(&line);
	arena_finish(&arena);
}
