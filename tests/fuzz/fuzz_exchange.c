/* fuzz_exchange.c - whole exchanges: clients and backends that say anything, at any time, on a clock of the test's.
 *
 * The input is a script of pairs of octets, an action and its argument; what is to be said stands behind its pair.
 * exchange_case.h says what must hold whatever happens.
 */
#include <stdlib.h>
#include <string.h>

#include "exchange_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum action {
	CLIENT_SAYS, /* that many octets, which follow */
	BACKEND_SAYS,
	CLIENT_PHRASE, /* one of the phrases below */
	BACKEND_PHRASE,
	CLIENT_LUMP, /* that many KiB, as far as they are taken */
	BACKEND_LUMP,
	CLIENT_NEXT, /* that client from now on, or a new one */
	BACKEND_NEXT,
	CLIENT_STALLS, /* reads no more, or again */
	BACKEND_STALLS,
	CLIENT_CLOSES,
	BACKEND_CLOSES,
	PASS, /* 2^argument ms */
	HOLD, /* nothing turns until there is another one */
	MAIL, /* a reload; 255: the end */
	TURN,
	ACTIONS,
};

enum { ACTIONS_MOST = 400, LUMP = 1024, LONGEST_PASS = 18 };

struct phrase {
	const char *text;
	size_t len;
};

#define PHRASE(text)                                                                               \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}
#define FOR_A " HTTP/1.1\r\nHost: a.test\r\n"

/* RFC 9113: frames are length, type, flags, stream; 7541: 0x82 GET, 0x83 POST, 0x84 "/", 0x86 http, 0x88 200. */
static const struct phrase client_phrases[] = {
	PHRASE("GET /" FOR_A "\r\n"),
	PHRASE("GET /h2" FOR_A "\r\n"),
	PHRASE("GET /re" FOR_A "\r\n"),
	PHRASE("GET /no" FOR_A "\r\n"),
	PHRASE("GET /echo?delay=500ms" FOR_A "\r\n"),
	PHRASE("GET /mo" FOR_A "\r\n"),
	PHRASE("HEAD /se" FOR_A "Cookie: s=1\r\n\r\n"),
	PHRASE("POST /mi" FOR_A "Content-Length: 5\r\n\r\nhello"),
	PHRASE("POST /au" FOR_A "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
	PHRASE("2;a=b\r\nde\r\n0\r\nX-A: b\r\n\r\n"),
	PHRASE("POST /re" FOR_A "Content-Length: 100000\r\n\r\n"),
	PHRASE("POST /h2" FOR_A "Content-Length: 100000\r\n\r\n"),
	PHRASE("PUT /" FOR_A "Expect: 100-continue\r\nContent-Length: 1024\r\n\r\n"),
	PHRASE("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
	PHRASE("GET /" FOR_A
	       "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
	       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
	PHRASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
	PHRASE("\0\0\013\1\5\0\0\0\1\202\206\204\101\6a.test"),
	PHRASE("\0\0\013\1\4\0\0\0\3\203\206\204\101\6a.test"),
	PHRASE("\0\0\017\1\5\0\0\0\5\202\206\4\3/h2\101\6a.test"),
	PHRASE("\0\0\5\0\1\0\0\0\3hello"),
	PHRASE("\0\0\4\3\0\0\0\0\3\0\0\0\010"),
	PHRASE("\0\0\4\010\0\0\0\0\0\0\001\0\0"),
	PHRASE("\0\0\0\4\1\0\0\0\0"),
	PHRASE("GET /" FOR_A "Connection: close\r\n\r\n"),
	/* An extended CONNECT (RFC 8441), and what would be a request behind it, but for one that nobody takes. */
	PHRASE("\0\0\102\1\4\0\0\0\7\2\7CONNECT\0\11:protocol\11websocket\206\204\1\6a.test"
	       "\0\25sec-websocket-version\2"
	       "13"),
	PHRASE("\0\0\6\0\0\0\0\0\7(@)\r\n\r"),
	PHRASE("PUT /ma" FOR_A "Content-Length: 10\r\n\r\nbody="),
};

static const struct phrase backend_phrases[] = {
	PHRASE("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
	PHRASE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
	PHRASE("0\r\nX-T: u\r\n\r\n"),
	PHRASE("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"),
	PHRASE("HTTP/1.1 204 x\r\n\r\n"),
	PHRASE("HTTP/1.1 200 OK\r\n\r\nuntil the end"),
	PHRASE("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"),
	PHRASE("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nLink: </a>\r\n\r\n"),
	PHRASE("HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: "
	       "websocket\r\nSec-WebSocket-Accept: "
	       "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
	PHRASE("HTTP/1.0 401 x\r\nContent-Length: 1\r\nWWW-Authenticate: x\r\n\r\nn"),
	PHRASE("HTTP/1.1 304 x\r\nETag: \"a\"\r\nContent-Length: 7\r\nConnection: close\r\n\r\n"),
	PHRASE("\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0"),
	PHRASE("\0\0\1\1\4\0\0\0\1\210"),
	PHRASE("\0\0\1\1\5\0\0\0\1\210"),
	PHRASE("\0\0\2\0\1\0\0\0\1ok"),
	PHRASE("\0\0\1\1\5\0\0\0\3\210"),
	PHRASE("\0\0\4\3\0\0\0\0\1\0\0\0\7"),
	PHRASE("\0\0\010\7\0\0\0\0\0\0\0\0\1\0\0\0\0"),
	PHRASE("\0\0\4\010\0\0\0\0\0\0\001\0\0"),
};

enum {
	CLIENT_PHRASES = sizeof client_phrases / sizeof *client_phrases,
	BACKEND_PHRASES = sizeof backend_phrases / sizeof *backend_phrases,
};

struct script {
	struct exchange_case *at;
	struct case_peer *client, *backend; /* those that act; backend NULL: none was asked yet */
	size_t backends;                    /* when the last one was chosen */
	bool holds;
};

static void turn(struct script *script, int64_t ms)
{
	struct exchange_case *at = script->at;

	if (!script->holds || ms)
		exchange_case_turn(at, ms);
	/* A backend that is new acts first: most scripts have an answer for the request they ended with. */
	if (at->backend_count > script->backends)
		script->backend = &at->backends[at->backend_count - 1];
	script->backends = at->backend_count;
}

static void say_lump(struct script *script, struct case_peer *peer, unsigned count)
{
	static char lump[LUMP];

	memset(lump, 'a', sizeof lump);
	for (unsigned i = 0; i < count && peer; i++) {
		exchange_case_say(peer, lump, sizeof lump);
		turn(script, 0);
	}
}

static void say_phrase(struct case_peer *peer, const struct phrase *phrase)
{
	if (peer)
		exchange_case_say(peer, phrase->text, phrase->len);
}

static size_t say(struct case_peer *peer, const uint8_t *bytes, size_t len, size_t left)
{
	if (len > left)
		len = left;
	if (peer)
		exchange_case_say(peer, bytes, len);
	return len;
}

static void choose_client(struct script *script, unsigned which)
{
	struct exchange_case *at = script->at;
	struct case_peer *made = NULL;

	which %= (unsigned)at->client_count + 1;
	if (which == at->client_count)
		made = exchange_case_connect(at);
	script->client = made ? made : &at->clients[which % at->client_count];
}

static void choose_backend(struct script *script, unsigned which)
{
	if (script->at->backend_count)
		script->backend = &script->at->backends[which % script->at->backend_count];
}

static void stall(struct case_peer *peer)
{
	if (peer)
		peer->stalled = !peer->stalled;
}

static void leave(struct case_peer *peer, unsigned how)
{
	if (peer)
		exchange_case_close(peer, how & 1);
}

static void mail(struct script *script, unsigned which)
{
	if (which == 255)
		exchange_case_drain(script->at);
	else
		exchange_case_reload(script->at);
}

/* How many octets of what follows were the action's. */
static size_t act(struct script *script, unsigned action, unsigned of, const uint8_t *rest,
		  size_t left)
{
	switch (action) {
	case CLIENT_SAYS:
		return say(script->client, rest, of, left);
	case BACKEND_SAYS:
		return say(script->backend, rest, of, left);
	case CLIENT_PHRASE:
		say_phrase(script->client, &client_phrases[of % CLIENT_PHRASES]);
		break;
	case BACKEND_PHRASE:
		say_phrase(script->backend, &backend_phrases[of % BACKEND_PHRASES]);
		break;
	case CLIENT_LUMP:
		say_lump(script, script->client, of);
		break;
	case BACKEND_LUMP:
		say_lump(script, script->backend, of);
		break;
	case CLIENT_NEXT:
		choose_client(script, of);
		break;
	case BACKEND_NEXT:
		choose_backend(script, of);
		break;
	case CLIENT_STALLS:
		stall(script->client);
		break;
	case BACKEND_STALLS:
		stall(script->backend);
		break;
	case CLIENT_CLOSES:
		leave(script->client, of);
		break;
	case BACKEND_CLOSES:
		leave(script->backend, of);
		break;
	case PASS:
		turn(script, (int64_t)1 << of % LONGEST_PASS);
		break;
	case HOLD:
		script->holds = !script->holds;
		break;
	case MAIL:
		mail(script, of);
		break;
	default:
		break;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = {.at = exchange_case_start()};
	bool leaves = size && data[0] & 1;

	script.client = exchange_case_connect(script.at);
	for (int i = 0; size >= 2 && i < ACTIONS_MOST; i++) {
		unsigned action = data[0] / 2 % ACTIONS, of = data[1];
		size_t used = act(&script, action, of, data + 2, size - 2);

		data += 2 + used;
		size -= 2 + used;
		turn(&script, 0);
	}
	exchange_case_finish(script.at, leaves);
	return 0;
}
