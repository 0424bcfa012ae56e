#include "proxy/h1.h"

const struct h1_fault_row h1_faults[H1_FAULTS] = {
	[H1_OK] = {0, "nothing is wrong", "", ""},
	[H1_BARE_LF] = {400, "a line ends in LF without CR", "9112 2.2",
			"rl-bare-lf rl-all-bare-lf rl-leading-lf rl-http09-with-head "
			"f-value-bare-lf f-end-lf-only r-lf-only"},
	[H1_LONE_CR] = {400, "there is a CR without LF", "9112 2.2",
			"rl-cr-only f-value-bare-cr f-value-cr-inject f-end-cr-cr-lf "
			"r-bare-cr-in-value"},
	[H1_EMPTY_LINES] = {400, "there are too many empty lines before the request line",
			    "9112 2.2", "rl-leading-crlf-flood"},
	[H1_METHOD] = {400, "the method is no token followed by one space", "9112 3.1",
		       "rl-method-not-token rl-tab-sep rl-vtab-sep rl-leading-sp rl-garbage "
		       "c-pipeline-bad-second cl-body-then-garbage"},
	[H1_METHOD_LONG] = {501, "the method is longer than any method", "9112 3",
			    "rl-method-long"},
	[H1_METHOD_CASE] = {501, "the method is a known one in other case", "9110 9.1",
			    "rl-method-lower"},
	[H1_TARGET] = {400, "the request target has octets that none may have", "9112 3.2",
		       "rl-double-sp rl-target-nul rl-target-ctl rl-target-fragment rl-target-8bit "
		       "rl-target-bad-pct rl-target-pct-nul rl-target-backslash "
		       "rl-target-absolute-userinfo rl-target-absolute-empty-host"},
	[H1_TARGET_FORM] = {400, "the request target has no form that goes with the method",
			    "9112 3.2",
			    "rl-target-star-get rl-connect-no-port rl-get-authority-form "
			    "rl-get-relative rl-proxy-v1"},
	[H1_TARGET_LONG] = {414, "the request target is too long", "9110 15.5.15",
			    "rl-target-long"},
	[H1_SCHEME] = {400, "the request target is a URL of another scheme", "9110 7.4",
		       "rl-target-absolute-ftp"},
	[H1_VERSION] = {400, "the request line does not end in one space and HTTP/1.1", "9112 3",
			"rl-target-space rl-trailing-sp rl-http09 rl-target-bare-cr "
			"rl-version-lower rl-version-1-10 rl-version-01-1 rl-version-no-minor "
			"rl-version-comma"},
	[H1_VERSION_OTHER] = {505, "the request line names another major version of HTTP",
			      "9110 15.6.6", "rl-version-2-0"},
	[H1_CONNECT] = {405, "a gateway makes no tunnels", "9110 9.3.6", "rl-connect"},
	[H1_STATUS_LINE] = {400, "the status line is none of HTTP/1.0 or HTTP/1.1", "9112 4",
			    "r-bad-status-line r-status-2-digits r-status-4-digits r-version-2"},
	[H1_STATUS] = {400, "the status is not between 100 and 599", "9110 15", "r-status-999"},
	[H1_FIELD_NAME] = {400, "a field name is no token", "9110 5.1",
			   "f-empty-name f-name-not-token f-name-8bit f-name-nul"},
	[H1_FIELD_BLANK] = {400, "there are blanks between a field name and its colon", "9112 5.1",
			    "host-name-space f-space-before-colon f-tab-before-colon "
			    "f-te-space-before-colon"},
	[H1_FIELD_FOLDED] =
		{400, "a field line begins with a blank", "9112 5.2",
		 "host-obs-fold f-ws-before-first f-obs-fold f-obs-fold-te f-obs-fold-cl "
		 "r-obs-fold"},
	[H1_FIELD_NO_COLON] = {400, "a field line has no colon", "9112 5", "f-no-colon"},
	[H1_FIELD_VALUE] =
		{400, "a field value has control octets", "9110 5.5",
		 "host-ctl f-value-nul f-value-ctl f-value-del te-nul te-vtab te-formfeed "
		 "cl-vtab r-nul-in-value"},
	[H1_HEAD_LARGE] = {431, "the head is too large", "6585 5", "f-too-large r-head-huge"},
	[H1_FIELDS_MANY] = {431, "the head has too many fields", "6585 5", "f-too-many"},
	[H1_HOST_MISSING] = {400, "there is no Host", "9112 3.2", "host-missing"},
	[H1_HOST_TWICE] = {400, "there is more than one Host", "9112 3.2",
			   "host-dup-differs host-dup-same"},
	[H1_HOST] = {400, "Host is no host name with a port", "9112 3.2",
		     "host-comma host-empty host-userinfo host-path host-space host-bad-port "
		     "host-port-range host-ipv6-broken host-8bit"},
	[H1_NOMINATED] = {400, "Connection names a field that is not its own", "9110 7.6.1",
			  "f-nominated-host"},
	[H1_LENGTH] =
		{400, "Content-Length is no number", "9110 8.6",
		 "cl-list-same cl-list-differs cl-plus cl-minus cl-minus-zero cl-hex cl-exp cl-dot "
		 "cl-empty cl-overflow-64 cl-inner-space cl-junk cl-underscore cl-comma-tail "
		 "cl-quoted cl-8bit-digit r-cl-bad r-cl-negative"},
	[H1_LENGTH_TWICE] = {400, "there is more than one Content-Length", "9112 6.3",
			     "cl-dup-same cl-dup-differs r-cl-dup-differs"},
	[H1_LENGTH_AND_CODING] = {400, "there are both Content-Length and Transfer-Encoding",
				  "9112 6.1",
				  "te-cl-both te-cl-both-reversed te-cl-bad-te r-cl-te-both"},
	[H1_CODING] =
		{400, "Transfer-Encoding is not exactly chunked", "9112 6.1",
		 "te-identity te-chunked-gzip te-chunked-identity te-chunked-twice te-two-lines "
		 "te-two-lines-identity te-leading-comma te-trailing-comma te-quoted te-param "
		 "te-empty te-8bit"},
	[H1_CODING_UNKNOWN] = {501, "the transfer coding is unknown", "9112 6.1",
			       "te-unknown te-gzip-chunked r-te-gzip-only"},
	[H1_CODING_VERSION] = {400, "a message of HTTP/1.0 has Transfer-Encoding", "9112 6.1",
			       "te-http10 r-te-http10"},
	[H1_SWITCHED] = {400, "the protocol is switched to one that was not asked for", "9110 7.8",
			 "r-101-unasked"},
	[H1_INTERIM_MANY] = {400, "there are too many interim responses", "9110 15.2",
			     "r-100-flood"},
	[H1_CHUNK_SIZE] =
		{400, "a chunk size is no hexadecimal number", "9112 7.1",
		 "ch-0x ch-plus ch-minus ch-lead-space ch-underscore ch-empty-size ch-nonhex "
		 "ch-overflow ch-many-zeros r-chunk-bad"},
	[H1_CHUNK_LINE] = {400, "what follows a chunk size is no extension that ends in CRLF",
			   "9112 7.1.1",
			   "ch-trail-space ch-ext-bare-semi ch-ext-lf ch-ext-cr ch-ext-quoted-crlf "
			   "ch-ext-long ch-lf-only ch-cr-only ch-last-lf"},
	[H1_CHUNK_END] = {400, "a chunk is not followed by CRLF", "9112 7.1",
			  "ch-data-no-crlf ch-data-too-long ch-data-lf"},
	[H1_TRAILER] = {400, "a trailer may not be one", "9110 6.5.1",
			"ch-trailer-framing ch-trailer-host ch-trailer-bad"},
	[H1_TRAILERS_LARGE] = {431, "the trailer section is too large", "6585 5",
			       "ch-trailer-huge"},
	[H1_CUT_SHORT] =
		{400, "the connection ended within the message", "9112 8",
		 "ch-truncated ch-no-last cl-short-then-fin r-short-cl r-short-chunked r-empty"},
};
