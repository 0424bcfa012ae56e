#include "compare/shell.h"

#include "base/buf.h"

#include "compare/encode.h"
#include "yaml/utf8.h"

void shell_init(struct shell *shell, struct str text)
{
	*shell = (struct shell){.at = text.at, .end = text.at + text.len, .line = 1};
	if (!text.at)
		shell->at = shell->end = "";
}

static char peek(const struct shell *shell, size_t by)
{
	return (size_t)(shell->end - shell->at) > by ? shell->at[by] : '\0';
}

static void step(struct shell *shell)
{
	shell->line += *shell->at == '\n';
	shell->at++;
}

/* Length of a backslash with the line end behind it; 0: there is none. */
static size_t continuation(const struct shell *shell)
{
	if (peek(shell, 0) != '\\')
		return 0;
	if (peek(shell, 1) == '\n')
		return 2;
	return peek(shell, 1) == '\r' && peek(shell, 2) == '\n' ? 3 : 0;
}

static void skip(struct shell *shell, size_t len)
{
	while (len--)
		step(shell);
}

/* ---- quotes ---- */

static bool single(struct shell *shell, struct buf *to)
{
	for (step(shell); shell->at < shell->end; step(shell)) {
		if (*shell->at == '\'') {
			step(shell);
			return true;
		}
		buf_char(to, *shell->at);
	}
	return false;
}

static bool is_expansion(const struct shell *shell)
{
	char c = peek(shell, 1);

	return *shell->at == '`' ||
	       (*shell->at == '$' &&
		(c == '{' || c == '(' || c == '_' || c == '@' || c == '*' || c == '?' ||
		 (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')));
}

static bool twofold(struct shell *shell, struct buf *to, bool *unknown)
{
	for (step(shell); shell->at < shell->end;) {
		size_t len = continuation(shell);

		if (*shell->at == '"') {
			step(shell);
			return true;
		}
		if (len) {
			skip(shell, len);
			continue;
		}
		*unknown |= is_expansion(shell);
		/* Only before these is the backslash one (POSIX 2.2.3). */
		if (*shell->at == '\\' && peek(shell, 1) && strchr("$`\"\\", peek(shell, 1)))
			step(shell);
		buf_char(to, *shell->at);
		step(shell);
	}
	return false;
}

/* Digits of a number behind an escape. */
static uint32_t number(struct shell *shell, unsigned base, unsigned most)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < most; i++) {
		int digit = encode_hex(peek(shell, 0));

		if (digit < 0 || (unsigned)digit >= base)
			break;
		value = value * base + (uint32_t)digit;
		step(shell);
	}
	return value;
}

static void add_character(struct buf *to, uint32_t c)
{
	char bytes[4];

	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	buf_add(to, bytes, utf8_encode(c, bytes));
}

/* Behind the backslash within $'...' (bash, and POSIX since 2024). */
static void escape(struct shell *shell, struct buf *to)
{
	static const char letters[] = "abefnrtv", bytes[] = "\a\b\033\f\n\r\t\v";
	char c = *shell->at;
	const char *letter = strchr(letters, c);

	if (c >= '0' && c <= '7') {
		buf_char(to, (char)number(shell, 8, 3));
		return;
	}
	step(shell);
	if (c == 'x')
		buf_char(to, (char)number(shell, 16, 2));
	else if (c == 'u' || c == 'U')
		add_character(to, number(shell, 16, c == 'u' ? 4 : 8));
	else
		buf_char(to, letter && c ? bytes[letter - letters] : c);
}

static bool dollar_single(struct shell *shell, struct buf *to)
{
	step(shell);
	for (step(shell); shell->at < shell->end;) {
		char c = *shell->at;

		if (c == '\'') {
			step(shell);
			return true;
		}
		if (c == '\\' && shell->end - shell->at > 1) {
			step(shell);
			escape(shell, to);
			continue;
		}
		buf_char(to, c);
		step(shell);
	}
	return false;
}

/* ---- words ---- */

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '&' ||
	       c == '|' || c == '<' || c == '>' || c == '(' || c == ')';
}

/* One step of a word; false when a quote does not end. */
static bool take_part(struct shell *shell, struct buf *to, bool *unknown)
{
	size_t len = continuation(shell);

	if (len) {
		skip(shell, len);
		return true;
	}
	switch (*shell->at) {
	case '\'':
		return single(shell, to);
	case '"':
		return twofold(shell, to, unknown);
	case '$':
		if (peek(shell, 1) == '\'')
			return dollar_single(shell, to);
		if (peek(shell, 1) == '"')
			step(shell);
		else
			*unknown |= is_expansion(shell);
		break;
	case '`':
		*unknown = true;
		break;
	case '\\':
		if (shell->end - shell->at > 1)
			step(shell);
		break;
	default:
		break;
	}
	if (*shell->at == '"')
		return twofold(shell, to, unknown);
	buf_char(to, *shell->at);
	step(shell);
	return true;
}

static void skip_line(struct shell *shell)
{
	while (shell->at < shell->end && *shell->at != '\n')
		shell->at++;
}

static enum shell_kind take_word(struct shell *shell, struct arena *arena, struct shell_word *word)
{
	struct buf text;
	bool good = true;

	buf_init(&text);
	*word = (struct shell_word){.line = shell->line};
	while (good && shell->at < shell->end && !ends_word(*shell->at)) {
		struct shell before = *shell;

		good = take_part(shell, &text, &word->unknown);
		/* There is no other quote of its kind behind this one: going on behind its line, each
		 * kind leads astray once. */
		if (!good) {
			*shell = before;
			skip_line(shell);
		}
	}
	word->text = str_dup(arena, buf_slice(&text));
	buf_finish(&text);
	return good ? SHELL_WORD : SHELL_OPEN;
}

static void skip_blanks(struct shell *shell)
{
	while (shell->at < shell->end) {
		size_t len = continuation(shell);

		if (!len && !strchr(" \t\r", *shell->at))
			return;
		if (!len && !*shell->at)
			return;
		skip(shell, len ? len : 1);
	}
}

enum shell_kind shell_next(struct shell *shell, struct arena *arena, struct shell_word *word)
{
	char c;

	skip_blanks(shell);
	if (shell->at == shell->end)
		return SHELL_END;
	c = *shell->at;
	if (c == '#') {
		skip_line(shell);
		return SHELL_BREAK;
	}
	if (!ends_word(c))
		return take_word(shell, arena, word);
	step(shell);
	if (c == '<' || c == '>') {
		while (peek(shell, 0) == '>' || peek(shell, 0) == '<' || peek(shell, 0) == '&')
			step(shell);
		return SHELL_REDIRECT;
	}
	if (c == '|' && peek(shell, 0) != '|')
		return SHELL_PIPE;
	if ((c == '|' || c == '&') && peek(shell, 0) == c)
		step(shell);
	return SHELL_BREAK;
}
