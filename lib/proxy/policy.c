#include "proxy/policy.h"

#include "proxy/grammar.h"
#include "route/table.h"

/* ---- the table ---- */

enum word {
	PEER,
	CLIENT,
	HOST,
	SCHEME,
	BEST_HOST,   /* of the proxy in front, if that is trusted */
	BEST_SCHEME, /* the same */
	BEST_PORT,   /* 443 with TLS */
	REQUEST_ID,
	VIA,
	SAID_FOR,  /* X-Forwarded-For of the client */
	SAID_HOST, /* X-Forwarded-Host of the client */
	NOTHING,
};

enum mode {
	REPLACE,           /* an empty value removes */
	APPEND,            /* to the list that is there */
	REPLACE_OR_APPEND, /* append the peer, when the table says so */
	DEFAULT,           /* when nothing is there */
};

struct row {
	enum head_name name;
	enum mode mode;
	enum word source;
};

/* Applied in order: what the client said is moved before it is replaced. */
static const struct row gateway_rows[] = {
	{HEAD_PROXY, REPLACE, NOTHING}, /* becomes HTTP_PROXY in CGI programs */
	{HEAD_VIA, APPEND, VIA},
	{HEAD_X_FORWARDED_FOR, APPEND, PEER},
	{HEAD_X_FORWARDED_HOST, REPLACE, HOST},
	{HEAD_X_FORWARDED_PROTO, REPLACE, SCHEME},
	{HEAD_X_REQUEST_ID, DEFAULT, REQUEST_ID},
};

static const struct row nginx_rows[] = {
	{HEAD_PROXY, REPLACE, NOTHING},
	{HEAD_X_ORIGINAL_FORWARDED_FOR, REPLACE, SAID_FOR},
	{HEAD_X_ORIGINAL_FORWARDED_HOST, REPLACE, SAID_HOST},
	{HEAD_X_FORWARDED_FOR, REPLACE_OR_APPEND, CLIENT},
	{HEAD_X_FORWARDED_HOST, REPLACE, BEST_HOST},
	{HEAD_X_FORWARDED_PORT, REPLACE, BEST_PORT},
	{HEAD_X_FORWARDED_PROTO, REPLACE, BEST_SCHEME},
	{HEAD_X_FORWARDED_SCHEME, REPLACE, BEST_SCHEME},
	{HEAD_X_REAL_IP, REPLACE, CLIENT},
	{HEAD_X_REQUEST_ID, DEFAULT, REQUEST_ID},
	{HEAD_X_SCHEME, REPLACE, BEST_SCHEME},
};

/* Response fields that nginx keeps to itself. */
static const struct str nginx_keeps[] = {
	STR_INIT("Server"),          STR_INIT("X-Accel-Buffering"),  STR_INIT("X-Accel-Charset"),
	STR_INIT("X-Accel-Expires"), STR_INIT("X-Accel-Limit-Rate"), STR_INIT("X-Accel-Redirect"),
	STR_INIT("X-Pad"),
};

static const struct side {
	const struct row *rows;
	size_t row_count;
	bool plain_names; /* names of letters, digits and "-" only; else no twins of known ones */
	const struct str *keeps;
	size_t keep_count;
} sides[] = {
	[POLICY_GATEWAY] = {.rows = gateway_rows,
			    .row_count = sizeof gateway_rows / sizeof *gateway_rows},
	[POLICY_INGRESS_NGINX] = {.rows = nginx_rows,
				  .row_count = sizeof nginx_rows / sizeof *nginx_rows,
				  .plain_names = true,
				  .keeps = nginx_keeps,
				  .keep_count = sizeof nginx_keeps / sizeof *nginx_keeps},
};

/* ---- requests ---- */

static struct str via(enum route_version version)
{
	switch (version) {
	case ROUTE_HTTP_1_0:
		return STR("1.0 ingress2gw");
	case ROUTE_HTTP_2:
		return STR("2 ingress2gw");
	default:
		return STR("1.1 ingress2gw");
	}
}

static struct str host_of(const struct head *head, const struct policy_facts *facts)
{
	return facts->host.at ? facts->host : head->authority;
}

/* What a trusted proxy in front says; else `own`. */
static struct str said(const struct head *head, const struct policy_facts *facts,
		       enum head_name name, struct str own)
{
	struct str value =
		facts->trust && facts->trust->forwarded ? head_value(head, name) : (struct str){0};

	return value.len ? value : own;
}

static struct str value_of(const struct head *head, enum word source,
			   const struct policy_facts *facts)
{
	struct str scheme = facts->tls ? STR("https") : STR("http"), host;

	switch (source) {
	case PEER:
		return facts->peer;
	case CLIENT:
		return facts->client.len ? facts->client : facts->peer;
	case HOST:
		return host_of(head, facts);
	case SCHEME:
		return scheme;
	case BEST_HOST:
		host = said(head, facts, HEAD_X_FORWARDED_HOST, host_of(head, facts));
		return str_sub(host, 0, str_find(host, ','));
	case BEST_SCHEME:
		return said(head, facts, HEAD_X_FORWARDED_PROTO, scheme);
	case BEST_PORT:
		return said(head, facts, HEAD_X_FORWARDED_PORT,
			    facts->tls ? STR("443") : facts->port);
	case REQUEST_ID:
		return facts->request_id;
	case VIA:
		return via(head->version);
	case SAID_FOR:
		return head_value(head, HEAD_X_FORWARDED_FOR);
	case SAID_HOST:
		return head_value(head, HEAD_X_FORWARDED_HOST);
	case NOTHING:
		break;
	}
	return (struct str){0};
}

/* All lines of a list become one with a further member: many backends look at one line only. */
static void append(struct head *head, enum head_name id, struct str value)
{
	uint32_t first = head_find(head, id, 0);
	struct str joined = {0};

	for (uint32_t i = first; i < head->count; i = head_find(head, id, i + 1)) {
		struct str said = head->fields[i].value;

		if (!said.len)
			continue;
		joined = joined.len ? STR_JOIN(head->arena, joined, STR(", "), said) : said;
	}
	if (joined.len)
		value = STR_JOIN(head->arena, joined, STR(", "), value);
	head_set_known(head, id, value);
}

static void apply(struct head *head, const struct row *row, const struct policy_facts *facts)
{
	struct str value = value_of(head, row->source, facts);

	if (row->mode == APPEND)
		append(head, row->name, value);
	else if (row->mode == REPLACE_OR_APPEND && facts->trust && facts->trust->appends)
		append(head, row->name, facts->peer);
	else if (row->mode == DEFAULT && head_value(head, row->name).len)
		return;
	else if (value.len)
		head_set_known(head, row->name, value);
	else if (head_saw(head, row->name))
		head_remove(head, head_names[row->name].text);
}

/* "X_Real_IP" is X-Real-IP to whoever folds. */
static bool is_twin(struct str name)
{
	char folded[64];

	if (name.len > sizeof folded || !memchr(name.at, '_', name.len))
		return false;
	for (size_t i = 0; i < name.len; i++)
		folded[i] = name.at[i] == '_' ? '-' : name.at[i];
	return head_name((struct str){folded, name.len}) != HEAD_OTHER;
}

static bool is_plain(struct str name, bool underscores)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(underscores && name.at[i] == '_') &&
		    (!grammar_is(name.at[i], GRAMMAR_HOST) || memchr("._~", name.at[i], 3)))
			return false;
	return true;
}

void policy_names(struct head *head, enum policy_side side, const struct route_trust *trust)
{
	uint32_t kept = 0;

	if (!sides[side].plain_names || trust->odd_names)
		return;
	for (uint32_t i = 0; i < head->count; i++) {
		if (head->ids[i] == HEAD_OTHER &&
		    !is_plain(head->fields[i].name, trust->underscores))
			continue;
		head->fields[kept] = head->fields[i];
		head->ids[kept++] = head->ids[i];
	}
	head->count = kept;
}

static void drop_names(struct head *head, const struct side *side)
{
	for (uint32_t i = 0; !side->plain_names && i < head->count; i++)
		if (head->ids[i] == HEAD_OTHER && is_twin(head->fields[i].name))
			head->ids[i] = HEAD_GONE;
}

/* ---- who the client is ---- */

static bool is_trusted(const struct route_trust *trust, const struct route_address *address)
{
	return trust->any_proxy || route_networks_have(trust->proxies, trust->proxy_count, address);
}

/* Without a port. */
static struct str bare_address(struct str member)
{
	size_t colon = str_find(member, ':');

	if (member.len && member.at[0] == '[')
		return str_sub(member, 1, str_find(member, ']') - 1);
	return colon == SIZE_MAX || str_find(str_from_pos(member, colon + 1), ':') != SIZE_MAX
		       ? member
		       : str_sub(member, 0, colon);
}

/* The last member, which is taken off. */
static struct str last_member(struct str *list)
{
	size_t at = list->len;
	struct str member;

	while (at && list->at[at - 1] != ',')
		at--;
	member = str_trim(str_from_pos(*list, at));
	list->len = at ? at - 1 : 0;
	return member;
}

struct str policy_client(const struct head *head, const struct route_trust *trust, struct str peer,
			 struct route_address *address)
{
	enum head_name id = trust->client_field.len ? head_name(trust->client_field) : HEAD_GONE;
	struct str client = peer;

	if (id == HEAD_GONE)
		return peer;
	/* Lines of a list count as one: the last member of the last line is the nearest. */
	for (uint32_t i = head->count; i-- > 0;) {
		struct str list = head->fields[i].value;

		if (head->ids[i] != id || !str_eq_nocase(head->fields[i].name, trust->client_field))
			continue;
		while (list.len) {
			struct str text = bare_address(last_member(&list));
			struct route_address said;

			if (!is_trusted(trust, address) || !route_address_parse(text, &said))
				return client;
			client = text;
			*address = said;
		}
	}
	return client;
}

/* Max-Forwards counts down where it counts at all (RFC 9110 7.6.2). */
static bool max_forwards(const struct head *head, uint64_t *left)
{
	return (head->method_id == HEAD_METHOD_TRACE || head->method_id == HEAD_METHOD_OPTIONS) &&
	       head_saw(head, HEAD_MAX_FORWARDS) &&
	       grammar_number(head_value(head, HEAD_MAX_FORWARDS), left);
}

static void count_down(struct head *head)
{
	uint64_t left = 0;
	char *text;

	if (!max_forwards(head, &left) || !left)
		return;
	text = arena_bytes(head->arena, STR_DIGITS);
	head_set_known(head, HEAD_MAX_FORWARDS, str_digits(text, left - 1));
}

/* Whoever asked for 100 (Continue) here waits for it; without content nobody does. */
static void drop_expect(struct head *head)
{
	if (head_saw(head, HEAD_EXPECT) && !head->expects_continue)
		head_remove(head, head_names[HEAD_EXPECT].text);
}

void policy_request(struct head *head, enum policy_side side, const struct policy_facts *facts)
{
	static const struct route_trust nothing;
	const struct side *by = &sides[side];

	policy_names(head, side, facts->trust ? facts->trust : &nothing);
	drop_names(head, by);
	drop_expect(head);
	count_down(head);
	for (size_t i = 0; i < by->row_count; i++)
		apply(head, &by->rows[i], facts);
}

unsigned policy_answer(const struct head *head)
{
	uint64_t left = 1;

	if (head->expects_other)
		return 417;
	if (max_forwards(head, &left) && !left)
		return head->method_id == HEAD_METHOD_TRACE ? 405 : 200;
	return str_is(head->target, "*") ? 200 : 0;
}

/* ---- responses ---- */

void policy_response(struct head *head, enum policy_side side, struct str date)
{
	const struct side *by = &sides[side];

	for (size_t i = 0; i < by->keep_count; i++)
		head_remove(head, by->keeps[i]);
	if (head->status >= 200 && date.len && !head_value(head, HEAD_DATE).len)
		head_set_known(head, HEAD_DATE, date);
}
