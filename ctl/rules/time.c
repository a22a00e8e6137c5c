// SPDX-License-Identifier: GPL-2.0-only
#include "rules/time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FORM "0000-00-00T00:00:00Z"

static const struct unit {
	char letter;
	uint64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

#define UNITS (sizeof(units) / sizeof(units[0]))

/* Digits where FORM has a 0, everything else as it is there. */
static int has_form(const char *text)
{
	if (strlen(text) != strlen(FORM))
		return 0;
	for (size_t i = 0; FORM[i]; i++)
		if (FORM[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != FORM[i])
			return 0;
	return 1;
}

int ng_time_read(const char *text, uint64_t *seconds, struct ng_error *err)
{
	struct tm given = { 0 }, read;
	time_t time;

	if (!has_form(text)) {
		ng_fail(err, -EINVAL, "'%.64s' is not a time", text);
		return ng_hint(err, -EINVAL,
			       "write it in UTC as RFC 3339 has it: 2026-12-01T00:00:00Z");
	}
	sscanf(text, "%d-%d-%dT%d:%d:%dZ", &given.tm_year, &given.tm_mon, &given.tm_mday,
	       &given.tm_hour, &given.tm_min, &given.tm_sec);
	given.tm_year -= 1900;
	given.tm_mon -= 1;
	read = given;
	time = timegm(&read);
	/* timegm() makes another time of one that does not exist, such as 31 June. */
	if (read.tm_mon != given.tm_mon || read.tm_mday != given.tm_mday ||
	    read.tm_hour != given.tm_hour || read.tm_min != given.tm_min ||
	    read.tm_sec != given.tm_sec)
		return ng_fail(err, -EINVAL, "there is no time '%s'", text);
	if (time <= 0)
		return ng_fail(err, -EINVAL, "'%s' is before 1970", text);
	*seconds = time;
	return 0;
}

const char *ng_time_text(uint64_t seconds, char *text)
{
	time_t time = seconds;
	struct tm broken_down;

	if (!strftime(text, NG_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &broken_down)))
		*text = '\0';
	return text;
}

uint64_t ng_time_now(void)
{
	return time(NULL);
}

static int fail_duration(const char *text, struct ng_error *err)
{
	ng_fail(err, -EINVAL, "'%.64s' is not a duration", text);
	if (*text && strspn(text, "0123456789") == strlen(text))
		return ng_hint(err, -EINVAL, "write a unit: %.32ss, or m, h, d", text);
	return ng_hint(err, -EINVAL,
		       "write 90s, 10m, 2h, 7d, or several with the largest first: 1h30m");
}

int ng_duration_read(const char *text, uint64_t *seconds, struct ng_error *err)
{
	const char *at = text;
	uint64_t sum = 0;

	for (size_t i = 0; i < UNITS && *at; i++) {
		size_t digits = strspn(at, "0123456789");
		uint64_t n = 0;

		if (!digits || digits > 10)
			return fail_duration(text, err);
		if (at[digits] != units[i].letter)
			continue;
		for (size_t j = 0; j < digits; j++)
			n = n * 10 + (at[j] - '0');
		sum += n * units[i].seconds;
		at += digits + 1;
	}
	if (*at || at == text)
		return fail_duration(text, err);
	if (!sum)
		return ng_fail(err, -EINVAL, "'%s' is a duration of zero", text);
	if (sum > NG_DURATION_MAX) {
		ng_fail(err, -EINVAL, "'%s' is longer than 100 years", text);
		return ng_hint(err, -EINVAL, "without `for` it does not expire");
	}
	*seconds = sum;
	return 0;
}

const char *ng_duration_text(uint64_t seconds, char *text)
{
	char *end = text;

	*text = '\0';
	for (size_t i = 0; i < UNITS; i++) {
		uint64_t n = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (n)
			end += sprintf(end, "%llu%c", (unsigned long long)n, units[i].letter);
	}
	return text;
}
