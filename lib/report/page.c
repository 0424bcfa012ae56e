#include "report/page.h"

#include <openssl/evp.h>
#include <time.h>

#include "report/markup.h"

extern const char page_style[], page_script[]; /* page.css, page.js */

enum { SHA256 = 32, SHA256_BASE64 = 45 };

static void add_hash(struct buf *buf, const char *directive, const char *text)
{
	unsigned char hash[SHA256], base64[SHA256_BASE64];

	EVP_Digest(text, strlen(text), hash, NULL, EVP_sha256(), NULL);
	EVP_EncodeBlock(base64, hash, SHA256);
	buf_format(buf, "; %s 'sha256-%s'", directive, (const char *)base64);
}

void page_begin(struct buf *buf, struct str title)
{
	buf_text(buf, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
	add_hash(buf, "style-src", page_style);
	add_hash(buf, "script-src", page_script);
	buf_text(buf, "; base-uri 'none'; form-action 'none'\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	markup_xml(buf, title);
	buf_text(buf, "</title>\n<style>");
	buf_text(buf, page_style);
	buf_text(buf, "</style>\n</head>\n<body>\n");
}

static void add_date(struct buf *buf, int64_t date)
{
	time_t seconds = (time_t)date;
	struct tm utc;

	if (date && gmtime_r(&seconds, &utc))
		buf_format(buf, " on %04d-%02d-%02d", utc.tm_year + 1900, utc.tm_mon + 1,
			   utc.tm_mday);
}

/* "</script>" and "<!--" would end or change the element, so "<" is written as JSON writes it. */
static void add_json(struct buf *buf, struct str json)
{
	for (size_t i = 0; i < json.len; i++)
		if (json.at[i] == '<')
			buf_text(buf, "\\u003c");
		else
			buf_char(buf, json.at[i]);
}

void page_end(struct buf *buf, struct str json, int64_t date)
{
	buf_text(buf, "<footer>Made by ingress2gw " I2G_VERSION);
	add_date(buf, date);
	buf_text(buf, ". This page is one file and loads nothing; the same data for programs is in "
		      "its element <code>#ingress2gw-report</code>.</footer>\n"
		      "<script type=\"application/json\" id=\"ingress2gw-report\">");
	add_json(buf, str_trim(json));
	buf_text(buf, "</script>\n<script>");
	buf_text(buf, page_script);
	buf_text(buf, "</script>\n</body>\n</html>\n");
}

/* ---- charts ---- */

enum { BAR_WIDTH = 1000, BAR_LEAST = 6 };

static void add_label(struct buf *buf, const struct page_part *parts, size_t count)
{
	const char *before = "";

	for (size_t i = 0; i < count; i++)
		if (parts[i].count) {
			buf_format(buf, "%s%zu %s", before, parts[i].count, parts[i].noun);
			before = ", ";
		}
}

/* Right end of a part: shares of the width add up, however they are rounded. */
static size_t bar_end(size_t sum, size_t total, size_t start)
{
	size_t end = (sum * BAR_WIDTH + total / 2) / total;

	return end < start + BAR_LEAST ? start + BAR_LEAST : end;
}

void page_bar(struct buf *buf, const struct page_part *parts, size_t count, size_t total)
{
	size_t at = 0, sum = 0;

	buf_format(buf,
		   "<svg viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" role=\"img\" "
		   "aria-label=\"",
		   BAR_WIDTH);
	add_label(buf, parts, count);
	buf_format(buf, "\"><rect class=\"track\" width=\"%d\" height=\"10\"/>", BAR_WIDTH);
	for (size_t i = 0; i < count && total; i++) {
		size_t end;

		if (!parts[i].count)
			continue;
		sum += parts[i].count;
		end = bar_end(sum, total, at);
		buf_format(buf, "<rect class=\"%s\" x=\"%zu\" width=\"%zu\" height=\"10\"/>",
			   parts[i].style, at, end - at);
		at = end;
	}
	buf_text(buf, "</svg>");
}

void page_key(struct buf *buf, const struct page_part *parts, size_t count)
{
	buf_text(buf, "<ul class=\"key\">");
	for (size_t i = 0; i < count; i++)
		if (parts[i].count)
			buf_format(buf,
				   "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect "
				   "class=\"%s\" width=\"10\" height=\"10\" rx=\"3\"/></svg>%zu "
				   "%s</li>",
				   parts[i].style, parts[i].count, parts[i].noun);
	buf_text(buf, "</ul>\n");
}

void page_card(struct buf *buf, const char *style, size_t count, const char *what)
{
	buf_format(buf, "<li class=\"card %s\"><b>%zu</b><span>%s</span></li>\n",
		   count ? style : "", count, what);
}

void page_badge(struct buf *buf, const char *style, const char *word)
{
	buf_format(buf, "<span class=\"badge %s\">%s</span>", style, word);
}

/* ---- codes ---- */

static void add_rule(struct buf *buf, const struct rule *rule, struct str pages)
{
	buf_format(buf, "<div class=\"rule\" id=\"%s\"><h3>", rule->code);
	page_badge(buf, severity_name(rule->severity), severity_name(rule->severity));
	if (pages.len) {
		buf_text(buf, " <a href=\"");
		markup_xml(buf, pages);
		buf_format(buf, "%s\" rel=\"noopener noreferrer\">%s</a> ", rule->code, rule->code);
	} else {
		buf_format(buf, " %s ", rule->code);
	}
	markup_xml(buf, str_from(rule->title));
	buf_text(buf, "</h3>\n<p>");
	markup_xml(buf, str_from(rule->text));
	buf_text(buf, "</p>\n<p class=\"soft\">");
	markup_xml(buf, str_from(rule->fix));
	buf_text(buf, "</p></div>\n");
}

void page_rules(struct buf *buf, const bool *shown, struct str pages)
{
	buf_text(buf, "<h2>What the codes mean</h2>\n<div class=\"card list\">\n");
	for (size_t i = 0; i < rule_count; i++)
		if (shown[i])
			add_rule(buf, &rules[i], pages);
	buf_text(buf, "</div>\n");
}
