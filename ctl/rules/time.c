// SPDX-License-Identifier: GPL-2.0-only
#include "rules/time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FORM "0000-00-00T00:00:00Z"

#define SECOND 1000000000ULL

/* From the largest on; the first COMMON are those that people write. */
static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "d", 86400 * SECOND }, { "h", 3600 * SECOND }, { "m", 60 * SECOND }, { "s", SECOND },
	{ "ms", SECOND / 1000 }, { "us", 1000 },	 { "\u00b5s", 1000 },  { "ns", 1 },
};

#define UNITS  (sizeof(units) / sizeof(units[0]))
#define COMMON 4

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

static int fail_too_long(const char *text, struct ng_error *err)
{
	ng_fail(err, -EINVAL, "'%.64s' is longer than 100 years", text);
	return ng_hint(err, -EINVAL, "without `for` it does not expire");
}

/* The fraction at @text, such as ".9", of a unit of at most a second; @*end is after it. */
static uint64_t read_fraction(const char *text, uint64_t unit, const char **end)
{
	uint64_t ns = 0;

	for (text++; *text >= '0' && *text <= '9'; text++) {
		unit /= 10;
		ns += unit * (*text - '0');
	}
	*end = text;
	return ns;
}

/* Numbers with the first @n of the units, each once and the largest first, into @ns. */
static int read_units(const char *text, size_t n, uint64_t *ns, struct ng_error *err)
{
	const char *at = text, *end;
	uint64_t sum = 0;

	for (size_t i = 0; i < n && *at; i++) {
		size_t digits = strspn(at, "0123456789"), letters;
		uint64_t number = 0, part = 0;

		if (!digits || digits > 10)
			return fail_duration(text, err);
		end = at + digits;
		if (*end == '.' && n > COMMON && units[i].ns <= SECOND)
			part = read_fraction(end, units[i].ns, &end);
		letters = strcspn(end, "0123456789.");
		if (letters != strlen(units[i].name) || memcmp(end, units[i].name, letters) != 0)
			continue;
		for (size_t j = 0; j < digits; j++)
			number = number * 10 + (at[j] - '0');
		if (number > NG_DURATION_MAX * SECOND / units[i].ns)
			return fail_too_long(text, err);
		sum += number * units[i].ns + part;
		at = end + letters;
		if (sum > NG_DURATION_MAX * SECOND)
			return fail_too_long(text, err);
	}
	if (*at || at == text)
		return fail_duration(text, err);
	*ns = sum;
	return 0;
}

int ng_duration_read(const char *text, uint64_t *seconds, struct ng_error *err)
{
	uint64_t ns = 0;
	int ret = read_units(text, COMMON, &ns, err);

	if (ret)
		return ret;
	if (!ns)
		return ng_fail(err, -EINVAL, "'%s' is a duration of zero", text);
	*seconds = ns / SECOND;
	return 0;
}

int ng_duration_read_exact(const char *text, uint64_t *ns, struct ng_error *err)
{
	return read_units(text, UNITS, ns, err);
}

int ng_epoch_read(const char *text, uint64_t *ns, struct ng_error *err)
{
	size_t digits = strspn(text, "0123456789");
	const char *end = text + digits;
	uint64_t seconds = 0, part = 0;
	int ret;

	if (strchr(text, '-')) {
		ret = ng_time_read(text, &seconds, err);
		if (ret)
			return ret;
	} else {
		if (*end == '.')
			part = read_fraction(end, SECOND, &end);
		if (!digits || digits > 10 || *end) {
			ng_fail(err, -EINVAL, "'%.64s' is not a time", text);
			return ng_hint(err, -EINVAL,
				       "write seconds since 1970, as date +%%s prints them, or "
				       "2026-12-01T00:00:00Z");
		}
		for (size_t i = 0; i < digits; i++)
			seconds = seconds * 10 + (text[i] - '0');
	}
	if (seconds > UINT64_MAX / SECOND / 2)
		return ng_fail(err, -EINVAL, "'%.64s' is too far in the future", text);
	*ns = seconds * SECOND + part;
	return 0;
}

const char *ng_duration_text(uint64_t seconds, char *text)
{
	char *end = text;

	*text = '\0';
	for (size_t i = 0; i < COMMON; i++) {
		uint64_t n = seconds / (units[i].ns / SECOND);

		seconds %= units[i].ns / SECOND;
		if (n)
			end += sprintf(end, "%llu%s", (unsigned long long)n, units[i].name);
	}
	return text;
}
