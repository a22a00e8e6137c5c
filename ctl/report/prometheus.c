// SPDX-License-Identifier: GPL-2.0-only
#include "report/prometheus.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "rules/time.h"

static void begin(struct ng_prometheus *text, const char *name, const char *type, const char *help)
{
	text->family = name;
	fprintf(text->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void ng_prometheus_counter(struct ng_prometheus *text, const char *name, const char *help)
{
	begin(text, name, "counter", help);
}

void ng_prometheus_gauge(struct ng_prometheus *text, const char *name, const char *help)
{
	begin(text, name, "gauge", help);
}

static void write_value(FILE *out, const char *value)
{
	for (const unsigned char *at = (const unsigned char *)value; *at;) {
		size_t len = ng_utf8_sequence(at);

		if (!len)
			fputs(NG_UTF8_REPLACEMENT, out);
		else if (*at == '\n')
			fputs("\\n", out);
		else if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else if (len == 1)
			putc_unlocked(*at, out);
		else
			fwrite_unlocked(at, 1, len, out);
		at += len ? len : 1;
	}
}

static void write_name(struct ng_prometheus *text, va_list labels)
{
	const char *label = va_arg(labels, const char *), *before = "{";

	fputs(text->family, text->out);
	if (!label)
		return;
	for (; label; label = va_arg(labels, const char *), before = ",") {
		fprintf(text->out, "%s%s=\"", before, label);
		write_value(text->out, va_arg(labels, const char *));
		putc('"', text->out);
	}
	putc('}', text->out);
}

void ng_prometheus_sample(struct ng_prometheus *text, uint64_t value, ...)
{
	va_list labels;

	va_start(labels, value);
	write_name(text, labels);
	va_end(labels);
	fprintf(text->out, " %" PRIu64 "\n", value);
}

void ng_prometheus_seconds(struct ng_prometheus *text, uint64_t ns, ...)
{
	va_list labels;

	va_start(labels, ns);
	write_name(text, labels);
	va_end(labels);
	fprintf(text->out, " %llu.%09llu\n", (unsigned long long)(ns / NG_NS_PER_SECOND),
		(unsigned long long)(ns % NG_NS_PER_SECOND));
}
