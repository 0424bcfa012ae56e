#include "check/suppress.h"

#include "base/arena.h"
#include "check/codes.h"
#include "check/comments.h"

void suppressions_init(struct suppressions *suppressions, struct arena *arena)
{
	*suppressions = (struct suppressions){.arena = arena};
	map_init(&suppressions->places, arena);
	findings_init(&suppressions->malformed, arena);
}

/* ---- whose findings ---- */

enum { KEY = 1024 };

/* "Ingress/web/shop". Objects without a namespace go to "default", and readers differ in when they say
 * so. Longer keys are cut: then two objects may share their suppressions. */
static struct str object_key(char key[KEY], const struct object_ref *object)
{
	const struct str parts[] = {
		object->kind,
		object->namespace.len ? object->namespace : STR("default"),
		object->name,
	};
	size_t len = 0;

	for (size_t i = 0; i < 3; i++) {
		struct str part = str_sub(parts[i], 0, KEY / 4);

		key[len++] = '/';
		memcpy(key + len, part.at ? part.at : "", part.len);
		len += part.len;
	}
	return (struct str){key, len};
}

static struct str line_key(char key[KEY], uint32_t source, uint32_t line)
{
	memcpy(key, &source, sizeof source);
	memcpy(key + sizeof source, &line, sizeof line);
	return (struct str){key, sizeof source + sizeof line};
}

/* An object or a line. */
struct place {
	struct suppression *first;
	unsigned count;
};

static struct place *place_of(struct suppressions *suppressions, struct str key)
{
	struct place *place = map_get(&suppressions->places, key);

	if (!place) {
		place = arena_new(suppressions->arena, struct place);
		*map_at(&suppressions->places, str_dup(suppressions->arena, key)) = place;
	}
	return place;
}

/* ---- reading a directive ---- */

/* An annotation or a comment while it is read. */
struct directive {
	struct suppressions *suppressions;
	struct suppression common; /* what its suppressions have in common */
	struct place *place;
	bool named; /* a code, known or not */
	bool complained;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cuts the first word off: codes end at blanks, commas and the colon in front of the reason. */
static struct str take_word(struct str *rest)
{
	size_t end = 0;
	struct str word;

	while (rest->len && (is_blank(rest->at[0]) || rest->at[0] == ','))
		*rest = str_from_pos(*rest, 1);
	while (end < rest->len && !is_blank(rest->at[end]) && rest->at[end] != ',' &&
	       rest->at[end] != ':')
		end++;
	word = str_sub(*rest, 0, end);
	*rest = str_from_pos(*rest, end);
	return word;
}

static bool is_code_like(struct str word)
{
	return str_eq_nocase(str_sub(word, 0, 3), STR("I2G")) || code_is_known(word);
}

/* One finding a directive: what is wrong behind its first mistake may be a consequence. */
static void complain(struct directive *directive, struct str message, struct str hint)
{
	const struct suppression *common = &directive->common;
	bool annotation = common->place == VERDICT_ANNOTATION;

	if (directive->complained)
		return;
	directive->complained = true;
	findings_add(&directive->suppressions->malformed,
		     (struct finding){
			     .code = "I2G902",
			     .object = common->object,
			     .path = annotation
					     ? STR("metadata.annotations[" SUPPRESS_ANNOTATION "]")
					     : STR(""),
			     .span = common->span,
			     .message = message,
			     .hint = hint,
		     });
}

static void unknown_code(struct directive *directive, struct str word)
{
	struct arena *arena = directive->suppressions->arena;
	const char *near = code_nearest(word);

	complain(directive,
		 str_format(arena, "no rule is called '%.*s', so nothing is ignored for it",
			    STR_ARG(str_sub(word, 0, 80))),
		 near ? str_format(arena, "did you mean '%s'?", near)
		      : STR("write CODE: reason, as in 'I2G204: clients never send upper case'; "
			    "semicolons separate several"));
}

static void add_code(struct directive *directive, struct str word, struct str reason)
{
	struct suppressions *all = directive->suppressions;
	struct place *place = directive->place;
	struct suppression *one;

	directive->named = true;
	if (!code_is_known(word)) {
		unknown_code(directive, word);
		return;
	}
	if (place->count == SUPPRESS_CODES_MOST) {
		complain(directive,
			 str_format(all->arena, "more than %d codes: the others are not read",
				    SUPPRESS_CODES_MOST),
			 STR("the beginning of a code stands for several: I2G3"));
		return;
	}
	place->count++;
	one = arena_new(all->arena, struct suppression);
	*one = directive->common;
	one->word = str_dup(all->arena, word);
	one->reason = reason;
	one->next = place->first;
	place->first = one;
	ARENA_PUSH(all->arena, all->at, all->count, one);
}

/* "I2G204, I2G301: reason". Without the colon everything must be codes. */
static void read_part(struct directive *directive, struct str part)
{
	struct str rest = part, reason = {0}, words;
	size_t colon = str_find(part, ':');

	if (colon != SIZE_MAX)
		reason = str_dup(directive->suppressions->arena,
				 str_trim(str_from_pos(part, colon + 1)));
	words = str_sub(rest, 0, colon);
	for (struct str word = take_word(&words); word.len; word = take_word(&words))
		add_code(directive, word, reason);
}

/* Where the first part ends: at a separator behind which a code stands, or at the end. */
static size_t part_end(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct str rest = str_from_pos(text, i + 1);

		if ((text.at[i] == ';' || text.at[i] == '\n') && is_code_like(take_word(&rest)))
			return i;
	}
	return text.len;
}

static void read_directive(struct directive *directive, struct str text)
{
	text = str_sub(text, 0, 64 * 1024);
	while (text.len) {
		size_t end = part_end(text);

		read_part(directive, str_sub(text, 0, end));
		text = str_from_pos(text, end + 1);
	}
	if (!directive->named)
		complain(directive, STR("no code is named, so nothing is ignored"),
			 STR("write CODE: reason, as in 'I2G204: clients never send upper case'"));
}

void suppressions_add(struct suppressions *suppressions, const struct object_ref *object,
		      struct str value, struct span span)
{
	struct arena *arena = suppressions->arena;
	char key[KEY];
	struct directive directive = {
		.suppressions = suppressions,
		.common = {.place = VERDICT_ANNOTATION,
			   .object = {str_dup(arena, object->kind),
				      str_dup(arena, object->namespace),
				      str_dup(arena, object->name)},
			   .span = span},
	};

	directive.place = place_of(suppressions, object_key(key, object));
	read_directive(&directive, value);
}

/* Structs of objects begin with their metadata. */
static void add_list(struct suppressions *suppressions, void *list, size_t count)
{
	const struct kube_meta *const *metas = list;

	for (size_t i = 0; i < count; i++) {
		const struct kube_pair *pair = kube_annotation(metas[i], SUPPRESS_ANNOTATION);
		struct object_ref object;

		if (!pair)
			continue;
		object = kube_ref(metas[i]);
		suppressions_add(suppressions, &object, pair->value, pair->value_span);
	}
}

void suppressions_add_set(struct suppressions *suppressions, const struct kube_set *set)
{
	add_list(suppressions, set->ingresses, set->ingress_count);
	add_list(suppressions, set->classes, set->class_count);
	add_list(suppressions, set->services, set->service_count);
	add_list(suppressions, set->endpoints, set->endpoints_count);
	add_list(suppressions, set->secrets, set->secret_count);
	add_list(suppressions, set->config_maps, set->config_map_count);
}

/* ---- comments ---- */

static void take_comment(void *user, const struct comment *comment)
{
	struct suppressions *suppressions = user;
	char key[KEY];
	struct directive directive = {
		.suppressions = suppressions,
		.common = {.place = VERDICT_COMMENT, .span = comment->span},
	};

	directive.place =
		place_of(suppressions, line_key(key, comment->span.source, comment->line));
	if (str_is(comment->verb, "ignore"))
		read_directive(&directive, comment->text);
	else
		complain(&directive,
			 str_format(suppressions->arena,
				    "a comment for this program says 'ignore', not '%.*s'",
				    STR_ARG(str_sub(comment->verb, 0, 80))),
			 STR("write # ingress2gw: ignore CODE: reason"));
}

bool suppressions_scan(struct suppressions *suppressions, const struct sources *sources,
		       uint32_t source, struct error *error)
{
	return comments_scan(sources, source, take_comment, suppressions, error);
}

/* ---- matching ---- */

static const struct suppression *match(const struct place *place, const struct finding *finding)
{
	const struct suppression *found = NULL;

	for (struct suppression *at = place ? place->first : NULL; at; at = at->next) {
		if (!code_fits(at->word, rule_of(finding)))
			continue;
		at->used = true;
		found = at;
	}
	return found;
}

const struct suppression *suppressions_match(const struct suppressions *suppressions,
					     const struct finding *finding)
{
	const struct suppression *by_object = NULL, *by_line = NULL;
	char key[KEY];

	if (!suppressions->count)
		return NULL;
	if (finding->object.name.len)
		by_object = match(map_get(&suppressions->places, object_key(key, &finding->object)),
				  finding);
	if (finding->span.line)
		by_line = match(map_get(&suppressions->places,
					line_key(key, finding->span.source, finding->span.line)),
				finding);
	return by_object ? by_object : by_line;
}
