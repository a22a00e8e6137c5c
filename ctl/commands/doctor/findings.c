// SPDX-License-Identifier: GPL-2.0-only
#include "commands/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"

struct ng_finding *ng_found(struct ng_findings *findings, const char *group, const char *about,
			    enum ng_grade grade, const char *format, ...)
{
	struct ng_finding *finding;
	va_list args;

	if (ng_array_grow(&findings->list, findings->n, sizeof(*finding)))
		return NULL;
	finding = &findings->list[findings->n++];
	*finding = (struct ng_finding){ .about = about, .grade = grade };
	snprintf(finding->group, sizeof(finding->group), "%s", group);
	va_start(args, format);
	vsnprintf(finding->what, sizeof(finding->what), format, args);
	va_end(args);
	return finding;
}

void ng_found_hint(struct ng_finding *finding, const char *format, ...)
{
	va_list args;

	if (!finding)
		return;
	va_start(args, format);
	vsnprintf(finding->hint, sizeof(finding->hint), format, args);
	va_end(args);
}

void ng_findings_clear(struct ng_findings *findings)
{
	free(findings->list);
	*findings = (struct ng_findings){ 0 };
}
