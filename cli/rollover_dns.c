/* DNS records: which ones external-dns keeps for the Ingresses, and the steps that hand them over. */
#include "cli/rollover.h"

#include <string.h>

/* One external-dns reads the annotations of one prefix: the first by default before v0.22.0, the second since
 * (external-dns docs/annotations/annotations.md), or that of --annotation-prefix. */
static const char *const prefixes[] = {"external-dns.alpha.kubernetes.io/",
				       "external-dns.kubernetes.io/"};
enum { PREFIXES = sizeof prefixes / sizeof *prefixes };

static struct str quoted(struct rollover *r, struct str text)
{
	return rollover_quote(r->arena, text);
}

/* ---- facts ---- */

static bool uses(const struct kube_meta *meta, const char *prefix)
{
	for (size_t i = 0; i < meta->annotations.count; i++)
		if (str_starts(meta->annotations.at[i].key, prefix))
			return true;
	return false;
}

static const struct kube_pair *pair_of(const struct kube_meta *meta, const char *prefix,
				       const char *word)
{
	for (size_t i = 0; i < meta->annotations.count; i++) {
		const struct kube_pair *pair = &meta->annotations.at[i];

		if (str_starts(pair->key, prefix) &&
		    str_is(str_from_pos(pair->key, strlen(prefix)), word))
			return pair;
	}
	return NULL;
}

/* The value of whichever prefix has it; empty when none has. */
static struct str value_of(const struct kube_meta *meta, const char *word)
{
	for (size_t i = 0; i < PREFIXES; i++) {
		const struct kube_pair *pair = pair_of(meta, prefixes[i], word);

		if (pair)
			return pair->value;
	}
	return STR("");
}

/* external-dns leaves out what is said to be another controller's. */
static bool is_read(const struct kube_meta *meta)
{
	struct str controller = value_of(meta, "controller");

	return !controller.len || str_is(controller, "dns-controller");
}

static bool is_annotated(const struct kube_meta *meta)
{
	return uses(meta, prefixes[0]) || uses(meta, prefixes[1]);
}

/* What one Ingress names: with `makes`, each name gets a record; without, it joins those there are. */
struct naming {
	struct rollover *r;
	const struct kube_ingress *ingress;
	struct rollover_keeper *keeper; /* NULL until it names a record */
	bool makes;
};

static struct rollover_record *record_at(struct rollover *r, struct str name, bool makes)
{
	struct rollover_record *record = map_get(&r->record_map, name);

	if (record || !makes)
		return record;
	record = arena_new(r->arena, struct rollover_record);
	record->name = name;
	ARENA_PUSH(r->arena, r->records, r->record_count, record);
	*map_at(&r->record_map, name) = record;
	return record;
}

static struct rollover_keeper *keeper_of(struct naming *naming)
{
	struct rollover *r = naming->r;

	if (naming->keeper)
		return naming->keeper;
	naming->keeper = arena_new(r->arena, struct rollover_keeper);
	naming->keeper->ingress = &naming->ingress->meta;
	naming->keeper->stays = rollover_stays(r, &naming->ingress->meta);
	ARENA_PUSH(r->arena, r->keepers, r->keeper_count, naming->keeper);
	return naming->keeper;
}

static struct rollover_record *add_name(struct naming *naming, struct str text)
{
	struct rollover *r = naming->r;
	struct str name = str_lower(r->arena, str_trim(text));
	struct rollover_record *record = name.len ? record_at(r, name, naming->makes) : NULL;

	if (!record)
		return NULL;
	if (!record->keeper_count || record->keepers[record->keeper_count - 1] != keeper_of(naming))
		ARENA_PUSH(r->arena, record->keepers, record->keeper_count, keeper_of(naming));
	return record;
}

static bool has_hostless(const struct kube_ingress *ingress)
{
	for (size_t i = 0; i < ingress->rule_count; i++)
		if (!ingress->rules[i].host.text.len)
			return true;
	return !ingress->rule_count;
}

/* A route publishes the names of its annotation as far as its listeners take them: only those without a
 * host name take others than the route's. */
static void add_annotated(struct naming *naming)
{
	struct str rest = value_of(&naming->ingress->meta, "hostname"), part;
	bool more = rest.len > 0;

	while (str_split(&rest, ',', &more, &part)) {
		struct rollover_record *record = add_name(naming, part);

		if (record)
			record->routed |= has_hostless(naming->ingress);
	}
}

/* The names of its source `ingress`: rules, TLS entries, annotation (docs/sources/ingress.md there). */
static void add_names(struct naming *naming)
{
	const struct kube_ingress *ingress = naming->ingress;
	struct str source = value_of(&ingress->meta, "ingress-hostname-source");
	bool defined = !str_is(source, "annotation-only");

	for (size_t i = 0; defined && i < ingress->rule_count; i++)
		add_name(naming, ingress->rules[i].host.text);
	for (size_t i = 0; defined && i < ingress->tls_count; i++)
		for (size_t h = 0; h < ingress->tls[i].host_count; h++)
			add_name(naming, ingress->tls[i].hosts[h].text);
	if (!str_is(source, "defined-hosts-only"))
		add_annotated(naming);
}

/* Whether external-dns looks at an Ingress without annotations nobody knows; but it would keep a name that it
 * shares with one that has them. */
void rollover_find_records(struct rollover *r)
{
	const struct convert_result *result = r->input->result;

	map_init(&r->record_map, r->arena);
	for (int makes = 1; makes >= 0; makes--)
		for (size_t i = 0; i < result->ingress_count; i++) {
			const struct kube_ingress *ingress = result->ingresses[i].ingress;

			if (is_read(&ingress->meta) && is_annotated(&ingress->meta) == makes)
				add_names(&(struct naming){
					.r = r, .ingress = ingress, .makes = makes});
		}
}

static bool hands_over(const struct rollover_record *record)
{
	for (size_t i = 0; i < record->keeper_count; i++)
		if (record->keepers[i]->stays)
			return false;
	return true;
}

/* Of Ingresses that share a name all are handed over, or none. */
static bool spread_stay(const struct rollover_record *record)
{
	bool changed = false;

	if (hands_over(record))
		return false;
	for (size_t i = 0; i < record->keeper_count; i++) {
		changed |= !record->keepers[i]->stays;
		record->keepers[i]->stays = true;
	}
	return changed;
}

void rollover_match_records(struct rollover *r)
{
	bool changed = true;

	for (size_t i = 0; i < r->host_count; i++) {
		const struct rollover_host *host = &r->hosts[i];
		struct rollover_record *record = map_get(&r->record_map, host->name);

		if (!record)
			continue;
		record->host = host;
		record->routed |= host->host->rule_count || host->host->passthrough;
		record->keepers[0]->stays |= host->held;
	}
	while (changed) {
		changed = false;
		for (size_t i = 0; i < r->record_count; i++)
			changed |= spread_stay(r->records[i]);
	}
}

/* ---- steps ---- */

static bool is_in_use(const struct rollover *r, size_t prefix)
{
	for (size_t i = 0; i < r->keeper_count; i++)
		if (uses(r->keepers[i]->ingress, prefixes[prefix]))
			return true;
	return false;
}

/* "kubectl annotate ingress" for each prefix that it has, or that others have; an empty value takes the
 * annotation away. */
static void add_annotate(struct rollover *r, struct rollover_lines *lines,
			 const struct kube_meta *ingress, const char *word, struct str value)
{
	bool own = is_annotated(ingress);

	for (size_t i = 0; i < PREFIXES; i++) {
		const struct kube_pair *old = pair_of(ingress, prefixes[i], word);
		struct str text = !value.len && old ? quoted(r, old->value) : value;

		if (own ? !uses(ingress, prefixes[i]) : !is_in_use(r, i))
			continue;
		rollover_line(
			r, lines, "kubectl annotate --overwrite ingress -n %.*s %.*s %s%s%s%.*s",
			STR_ARG(quoted(r, ingress->namespace)), STR_ARG(quoted(r, ingress->name)),
			prefixes[i], word, text.len ? "=" : "-", STR_ARG(text));
	}
}

/* Sets the annotation at all Ingresses that are handed over; back is what it was. */
static void annotate_all(struct rollover *r, struct rollover_step *step, const char *word,
			 const char *value)
{
	for (size_t i = 0; i < r->keeper_count; i++) {
		const struct rollover_keeper *keeper = r->keepers[i];

		if (keeper->stays)
			continue;
		add_annotate(r, &step->commands, keeper->ingress, word, str_from(value));
		add_annotate(r, &step->back, keeper->ingress, word, STR(""));
	}
}

static void add_ttl_of(struct rollover *r, struct rollover_step *step,
		       const struct rollover_record *record)
{
	struct str ttl = value_of(record->keepers[0]->ingress, "ttl");

	if (hands_over(record))
		rollover_line(r, &step->items, "%.*s%s%.*s%s", STR_ARG(record->name),
			      ttl.len ? " (now " : "", STR_ARG(ttl), ttl.len ? ")" : "");
}

void rollover_ttl(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "ttl", STR("Lower the TTL of the DNS records to 60 seconds"));

	step->text =
		STR("At least one old TTL before the switch: until then clients may keep the old "
		    "address as long as that.");
	for (size_t i = 0; i < r->host_count; i++) {
		const struct rollover_host *host = &r->hosts[i];

		if (!host->name.len || host->held || host->record || host->again)
			continue;
		rollover_line(r, &step->items, "%.*s", STR_ARG(host->name));
		rollover_line(r, &step->checks, "dig +noall +answer %.*s",
			      STR_ARG(quoted(r, rollover_asked(r, host->name))));
	}
	for (size_t i = 0; i < r->record_count; i++)
		add_ttl_of(r, step, r->records[i]);
	annotate_all(r, step, "ttl", "60");
	if (!step->items.count)
		r->phases[r->count - 1].count--;
}

static bool has_listener(const struct gateway_listeners *listeners, struct str host)
{
	for (size_t i = 0; i < listeners->count; i++)
		if (str_eq(listeners->at[i].hostname.text, host))
			return true;
	return false;
}

static bool hangs_on_set(const struct rollover *r, const struct rollover_record *record)
{
	const struct gateway_set *set = r->input->set;
	struct str host = record->host ? record->name : STR("");

	for (size_t i = 0; i < set->listener_set_count; i++)
		if (has_listener(&set->listener_sets[i]->listeners, host))
			return true;
	return false;
}

static void add_sources(struct rollover *r, struct rollover_lines *lines)
{
	const struct convert_result *result = r->input->result;
	static const char *const kinds[][2] = {{"HTTPRoute", "gateway-httproute"},
					       {"GRPCRoute", "gateway-grpcroute"},
					       {"TLSRoute", "gateway-tlsroute"}};

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t i = 0; i < result->kind_count; i++)
			if (strcmp(result->kinds[i].kind, kinds[k][0]) == 0)
				rollover_line(r, lines, "--source=%s", kinds[k][1]);
}

/* Which prefix external-dns reads is for the user to see: annotations with the other do nothing. */
static void add_prefixes(struct rollover *r, struct rollover_lines *lines)
{
	static const char *const words[] = {"v0.22.0 and later read",
					    "versions before v0.22.0 read"};

	for (size_t i = 0; i < PREFIXES; i++)
		if (is_in_use(r, i))
			rollover_line(r, lines,
				      "annotations begin with %s, which %s only with "
				      "--annotation-prefix=%s",
				      prefixes[i], words[i], prefixes[i]);
}

/* external-dns follows a route whose parent is a ListenerSet only with that flag, which is off by default and
 * there since v0.21.0 (its pull request 6254, docs/sources/gateway-api.md). */
static void add_readers(struct rollover *r)
{
	struct rollover_step *step =
		rollover_step(r, "external-dns-sources", STR("Let external-dns read the routes"));

	step->text =
		STR("It needs these flags beside --source=ingress, with the same --txt-owner-id. A "
		    "name that neither side has loses its record (with --policy=sync), so do not "
		    "go on before they are there.");
	add_sources(r, &step->items);
	for (size_t i = 0; i < r->record_count; i++)
		if (hangs_on_set(r, r->records[i])) {
			rollover_line(r, &step->items,
				      "--gateway-listener-sets (v0.21.0 or later, off by default): "
				      "routes hang on a ListenerSet, and without it they name "
				      "nothing. Its role must be allowed to get, list and watch "
				      "listenersets.");
			break;
		}
	add_prefixes(r, &step->items);
	rollover_line(r, &step->checks,
		      "kubectl get deployments -A -l app.kubernetes.io/name=external-dns -o "
		      "jsonpath='{range .items[*].spec.template.spec.containers[*]}{.image}{\" "
		      "\"}{.args}{\"\\n\"}{end}'");
}

/* "web/shop, web/api" */
static struct str keepers_of(struct rollover *r, const struct rollover_record *record)
{
	struct str words = STR("");

	for (size_t i = 0; i < record->keeper_count; i++) {
		const struct kube_meta *ingress = record->keepers[i]->ingress;

		words = rollover_words(r, "%.*s%s%.*s/%.*s", STR_ARG(words), i ? ", " : "",
				       STR_ARG(ingress->namespace), STR_ARG(ingress->name));
	}
	return words;
}

static void hand_over(struct rollover *r, struct rollover_step *step,
		      const struct rollover_record *record)
{
	if (!hands_over(record))
		return;
	rollover_line(r, &step->items,
		      record->routed ? "%.*s: from Ingress %.*s to its route"
				     : "%.*s: Ingress %.*s names it, but no route does: its record "
				       "goes. Keep it by hand if it is needed.",
		      STR_ARG(record->name), STR_ARG(keepers_of(r, record)));
	rollover_line(r, &step->checks, "dig +short %.*s",
		      STR_ARG(quoted(r, rollover_asked(r, record->name))));
}

/* external-dns keeps a record with the resource that made it as long as that is among its sources, and leaves
 * out resources whose controller annotation names another. */
void rollover_external_dns(struct rollover *r)
{
	struct rollover_step *step;
	size_t count = 0;

	for (size_t i = 0; i < r->record_count; i++)
		count += hands_over(r->records[i]);
	if (!count)
		return;
	add_readers(r);
	step = rollover_step(r, "external-dns", STR("Let external-dns hand over its records"));
	step->text = STR("While both sides name a host, the record stays with the Ingress that "
			 "made it; it moves when that Ingress is told to be somebody else's.");
	for (size_t i = 0; i < r->record_count; i++)
		hand_over(r, step, r->records[i]);
	annotate_all(r, step, "controller", "handed-over");
	rollover_line(r, &step->back,
		      "# and take the routes off its sources, so that the records go back");
}

void rollover_kept_records(struct rollover *r, struct rollover_lines *lines)
{
	for (size_t i = 0; i < r->record_count; i++) {
		const struct rollover_record *record = r->records[i];

		if (!hands_over(record) && !(record->host && record->host->held))
			rollover_line(r, lines,
				      "%.*s: external-dns keeps its record with Ingress %.*s, and "
				      "of that, or of one that shares a name with it, something "
				      "stays",
				      STR_ARG(record->name), STR_ARG(keepers_of(r, record)));
	}
}
