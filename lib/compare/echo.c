#include <stdlib.h>

#include "base/buf.h"
#include "compare/fact_parts.h"
#include "yaml/node.h"

bool echo_read(const struct node *root, struct echo_said *said)
{
	const struct node *headers;

	if (!root || root->kind != NODE_MAP)
		return false;
	headers = node_get(root, "headers");
	*said = (struct echo_said){
		.namespace = node_text(root, "namespace"),
		.service = node_text(root, "service"),
		.pod = node_text(root, "pod"),
		.path = node_text(root, "path"),
		.host = node_text(root, "host"),
		.method = node_text(root, "method"),
		.proto = node_text(root, "proto"),
		.port = node_text(root, "httpPort"),
		.headers = headers,
	};
	return headers && headers->kind == NODE_MAP && said->path.len && said->method.len &&
	       said->namespace.len && (said->service.len || said->pod.len);
}

/* Names of pods end in what Kubernetes makes up without vowels: "-7d4b9c6f5-x2x8k", "-x2x8k"; those of
 * StatefulSets in a number. */
static bool is_made_up(struct str part, size_t least, size_t most)
{
	bool fits = part.len >= least && part.len <= most;

	for (size_t i = 0; fits && i < part.len; i++)
		fits = part.at[i] && strchr("bcdfghjklmnpqrstvwxz0123456789", part.at[i]) != NULL;
	return fits;
}

static size_t last_dash(struct str text)
{
	size_t at = text.len;

	while (at && text.at[at - 1] != '-')
		at--;
	return at;
}

static struct str service_of_pod(struct str pod)
{
	size_t at = last_dash(pod);
	int64_t number;

	if (at < 2)
		return pod;
	if (str_to_int(str_from_pos(pod, at), &number) && pod.len - at < 5)
		return str_sub(pod, 0, at - 1);
	if (!is_made_up(str_from_pos(pod, at), 5, 5))
		return pod;
	pod = str_sub(pod, 0, at - 1);
	at = last_dash(pod);
	if (at >= 2 && is_made_up(str_from_pos(pod, at), 6, 10))
		pod = str_sub(pod, 0, at - 1);
	return pod;
}

struct str echo_backend(const struct echo_said *said, struct arena *arena)
{
	return STR_JOIN(arena, said->namespace, STR("/"),
			said->service.len ? said->service : service_of_pod(said->pod));
}

/* ---- facts ---- */

/* What only one side says is not known of the other: echo servers say more or less. */
static void compare_known(struct fact_job *job, const char *name, struct str live,
			  struct str candidate)
{
	if (live.len && candidate.len && !str_eq(live, candidate))
		fact_add(job, FACT_SEEN, str_from(name), live, candidate);
}

struct seen_header {
	struct str name; /* lower case */
	struct str value;
};

static int by_name(const void *a, const void *b)
{
	const struct seen_header *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* Values of one name are a list, or (of other echo servers) one text. */
static struct str joined(struct arena *arena, const struct node *value)
{
	struct buf made = {.ceiling = 64 * 1024};
	struct str text;

	if (!value || value->kind != NODE_LIST)
		return value && value->text.at ? value->text : STR("");
	node_each(item, value)
	{
		buf_text(&made, item == value->first ? "" : ", ");
		buf_str(&made, item->text);
	}
	text = str_dup(arena, buf_slice(&made));
	buf_finish(&made);
	return text.at ? text : STR("");
}

static struct seen_header *sorted(struct arena *arena, const struct node *headers)
{
	struct seen_header *list = arena_array(arena, struct seen_header, headers->count + 1u);
	size_t count = 0;

	node_each(key, headers) list[count++] =
		(struct seen_header){str_lower(arena, key->text), joined(arena, key->value)};
	qsort(list, count, sizeof *list, by_name);
	return list;
}

/* Proxies agree on the meaning of these, not on sending them. */
static bool is_optional(struct str name)
{
	return str_is(name, "x-forwarded-host") || str_is(name, "x-forwarded-proto");
}

static void compare_header(struct fact_job *job, const struct seen_header *live,
			   const struct seen_header *candidate)
{
	struct str name = live ? live->name : candidate->name;
	struct str what = STR_JOIN(job->arena, STR("header "), name);

	if (live && candidate && str_eq(live->value, candidate->value))
		return;
	if ((!live || !candidate) && is_optional(name))
		ignore_note(job->ignore, STR_JOIN(job->arena, STR("seen "), what));
	else
		fact_add(job, FACT_SEEN, what, live ? live->value : (struct str){0},
			 candidate ? candidate->value : (struct str){0});
}

static void compare_headers(struct fact_job *job, const struct node *live,
			    const struct node *candidate)
{
	const struct seen_header *a = sorted(job->arena, live);
	const struct seen_header *b = sorted(job->arena, candidate);
	size_t i = 0, k = 0;

	while (i < live->count || k < candidate->count) {
		int order = i == live->count        ? 1
			    : k == candidate->count ? -1
						    : str_cmp(a[i].name, b[k].name);

		compare_header(job, order <= 0 ? &a[i] : NULL, order >= 0 ? &b[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

bool fact_echo(struct fact_job *job)
{
	struct body_json live, candidate;
	struct echo_said a, b;
	bool both;

	body_json_read(&live, job->live);
	body_json_read(&candidate, job->candidate);
	both = echo_read(live.root, &a) && echo_read(candidate.root, &b);
	if (both) {
		compare_known(job, "path", a.path, b.path);
		compare_known(job, "host", a.host, b.host);
		compare_known(job, "method", a.method, b.method);
		compare_known(job, "proto", a.proto, b.proto);
		compare_known(job, "port", a.port, b.port);
		compare_headers(job, a.headers, b.headers);
	}
	body_json_finish(&live);
	body_json_finish(&candidate);
	return both;
}
