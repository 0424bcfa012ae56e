#include "kube/timestamp.h"

/* `count` digits from `*text`, which is advanced. */
static bool digits(struct str *text, size_t count, int *value)
{
	*value = 0;
	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = text->at[i];

		if (c < '0' || c > '9')
			return false;
		*value = *value * 10 + (c - '0');
	}
	*text = str_from_pos(*text, count);
	return true;
}

static bool one_of(struct str *text, const char *choices)
{
	if (!text->len || !strchr(choices, text->at[0]) || !text->at[0])
		return false;
	*text = str_from_pos(*text, 1);
	return true;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 in the Gregorian calendar; years count from March so that the leap day is the
 * last of them. */
static int64_t days_since_epoch(int year, int month, int day)
{
	int64_t years = year - (month <= 2);
	int64_t days_before_month = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

	return years * 365 + years / 4 - years / 100 + years / 400 + days_before_month + day - 1 -
	       719468;
}

static bool date(struct str *text, int64_t *seconds)
{
	int year, month, day;

	if (!digits(text, 4, &year) || !one_of(text, "-") || !digits(text, 2, &month) ||
	    !one_of(text, "-") || !digits(text, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*seconds = days_since_epoch(year, month, day) * 86400;
	return true;
}

static bool clock(struct str *text, int64_t *seconds)
{
	int hour, minute, second, digit;

	if (!digits(text, 2, &hour) || !one_of(text, ":") || !digits(text, 2, &minute) ||
	    !one_of(text, ":") || !digits(text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds += hour * 3600 + minute * 60 + second;
	if (!one_of(text, "."))
		return true;
	if (!digits(text, 1, &digit))
		return false;
	while (digits(text, 1, &digit))
		;
	return true;
}

static bool zone(struct str *text, int64_t *seconds)
{
	int hour, minute;
	bool west = text->len && text->at[0] == '-';

	if (one_of(text, "Zz"))
		return true;
	if (!one_of(text, "+-") || !digits(text, 2, &hour) || !one_of(text, ":") ||
	    !digits(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*seconds += (west ? 1 : -1) * (hour * 3600 + minute * 60);
	return true;
}

bool kube_timestamp_parse(struct str text, int64_t *seconds)
{
	return date(&text, seconds) && one_of(&text, "Tt ") && clock(&text, seconds) &&
	       zone(&text, seconds) && !text.len;
}
