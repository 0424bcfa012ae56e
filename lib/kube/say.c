#include "kube/read.h"

/* One frame of a field path, written as the API server writes them. */
static struct str frame_text(const struct kube_reader *reader, const struct kube_at *at)
{
	switch (at->kind) {
	case KUBE_AT_ITEM:
		return str_format(reader->arena, "[%zu]", at->index);
	case KUBE_AT_ENTRY:
		return str_format(reader->arena, "[%.*s]", STR_ARG(at->name));
	case KUBE_AT_FIELD:
		break;
	}
	return str_format(reader->arena, "%s%.*s", at->up ? "." : "", STR_ARG(at->name));
}

struct str kube_at_path(const struct kube_reader *reader, const struct kube_at *at)
{
	struct str path = {0};

	for (; at; at = at->up)
		path = str_format(reader->arena, "%.*s%.*s", STR_ARG(frame_text(reader, at)),
				  STR_ARG(path));
	return path;
}

void kube_say(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
	      struct finding finding)
{
	if (reader->said > KUBE_FINDINGS_MOST)
		return;
	if (reader->said++ == KUBE_FINDINGS_MOST)
		finding = (struct finding){
			.code = "I2G102",
			.message =
				str_format(reader->arena,
					   "more than %d findings in this object; the others are "
					   "not listed",
					   KUBE_FINDINGS_MOST),
		};
	finding.object = reader->object;
	finding.path = kube_at_path(reader, at);
	if (node)
		finding.span = node_span(node, reader->source);
	findings_add(reader->findings, finding);
}

void kube_say_type(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		   const char *wanted, struct str hint)
{
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(
				 reader->arena,
				 "expected %s, got %s; the API server refuses this object", wanted,
				 node_kind_name(node->kind)),
			 .hint = hint,
		 });
}

struct str kube_excerpt(struct str text)
{
	enum { LONGEST = 80 };
	size_t len = str_find(text, '\n');

	if (len > text.len)
		len = text.len;
	if (len > LONGEST)
		len = LONGEST;
	/* Not in the middle of a UTF-8 sequence. */
	while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--;
	return str_sub(text, 0, len);
}

struct str kube_nearest(const struct str *names, size_t count, struct str word)
{
	unsigned nearest = 3;
	struct str found = {0};

	/* A slip changes a letter or two of a longer word, one of a short word. */
	if (word.len < 6)
		nearest = 2;
	for (size_t i = 0; i < count; i++) {
		if (str_eq_nocase(names[i], word))
			return names[i];

		unsigned distance = str_distance(names[i], word, nearest);

		if (distance < nearest) {
			nearest = distance;
			found = names[i];
		}
	}
	return found;
}

struct str kube_did_you_mean(const struct kube_reader *reader, struct str name)
{
	return name.len ? str_format(reader->arena, "did you mean %.*s?", STR_ARG(name)) : STR("");
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static size_t word_len(struct str text)
{
	size_t len = 0;

	while (len < text.len && is_word(text.at[len]))
		len++;
	return len;
}

/* Text from its first byte to the first `closer`, which may be doubled; empty without one. */
static struct str enclosed(struct str text, char closer)
{
	size_t end = str_find(text, closer);

	if (end == SIZE_MAX || end < 2)
		return (struct str){0};
	if (end + 1 < text.len && text.at[end + 1] == closer)
		end++;
	return str_sub(text, 0, end + 1);
}

static struct str dollar(struct str text)
{
	char next = text.len > 1 ? text.at[1] : '\0';

	if (next == '{')
		return enclosed(text, '}');
	if (next == '(')
		return enclosed(text, ')');
	return str_sub(text, 0, is_word(next) ? 1 + word_len(str_from_pos(text, 1)) : 0);
}

/* "__NAME__": the word runs over the closing underscores as well. */
static struct str underscored(struct str text)
{
	struct str word = {0};

	if (str_starts(text, "__"))
		word = str_sub(text, 0, word_len(text));
	for (size_t len = word.len; len >= 5; len--)
		if (str_ends(str_sub(word, 0, len), "__"))
			return str_sub(word, 0, len);
	return (struct str){0};
}

struct str kube_placeholder(struct str text)
{
	/* Names and hosts are shorter; what is longer is refused elsewhere. */
	text = str_sub(text, 0, 1024);
	for (size_t i = 0; i < text.len; i++) {
		struct str rest = str_from_pos(text, i), found = {0};

		switch (text.at[i]) {
		case '$':
			found = dollar(rest);
			break;
		case '{':
			found = enclosed(rest, '}');
			break;
		case '<':
			found = enclosed(rest, '>');
			break;
		case '_':
			found = underscored(rest);
			break;
		}
		if (found.len)
			return found;
	}
	return (struct str){0};
}
