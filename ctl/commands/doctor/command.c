// SPDX-License-Identifier: GPL-2.0-only
#include "commands/doctor/doctor.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/words.h"
#include "report/plain.h"
#include "report/table.h"

static const char *const grades[] = {
	[NG_FINDING_OK] = "ok",
	[NG_FINDING_NOTE] = "note",
	[NG_FINDING_UNKNOWN] = "unknown",
	[NG_FINDING_PROBLEM] = "problem",
};

static size_t count(const struct ng_findings *findings, enum ng_grade grade)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->n; i++)
		n += findings->list[i].grade == grade;
	return n;
}

static void print(const struct ng_findings *findings)
{
	const char *group = "";

	for (size_t i = 0; i < findings->n; i++) {
		const struct ng_finding *finding = &findings->list[i];

		if (strcmp(finding->group, group))
			ng_print(stdout, "%s%s\n", *group ? "\n" : "", finding->group);
		group = finding->group;
		ng_print(stdout, "  %-8s %s: %s%s%s\n", grades[finding->grade], finding->about,
			 finding->what, *finding->hint ? "; " : "", finding->hint);
	}
	printf("\n%zu problem%s, %zu note%s, %zu unknown\n", count(findings, NG_FINDING_PROBLEM),
	       ng_plural(count(findings, NG_FINDING_PROBLEM)), count(findings, NG_FINDING_NOTE),
	       ng_plural(count(findings, NG_FINDING_NOTE)), count(findings, NG_FINDING_UNKNOWN));
}

static void say(struct ng_context *ctx, const struct ng_findings *findings)
{
	struct json_object *object = ng_json_new();
	struct json_object *list = ng_json_array(object, "findings");

	for (size_t i = 0; i < findings->n; i++) {
		const struct ng_finding *finding = &findings->list[i];
		struct json_object *entry = ng_json_object(list, NULL);

		ng_json_text(entry, "group", finding->group);
		ng_json_text(entry, "about", finding->about);
		ng_json_text(entry, "grade", grades[finding->grade]);
		ng_json_text(entry, "what", finding->what);
		ng_json_text(entry, "hint", finding->hint);
	}
	ng_json_number(object, "problems", count(findings, NG_FINDING_PROBLEM));
	ng_json_number(object, "notes", count(findings, NG_FINDING_NOTE));
	ng_json_number(object, "unknown", count(findings, NG_FINDING_UNKNOWN));
	ng_say_json(ctx, object, 0);
}

/* All but the loopback interface. */
static int check_all(struct ng_findings *findings)
{
	struct if_nameindex *all = if_nameindex();

	if (!all)
		return -errno;
	for (struct if_nameindex *iface = all; iface->if_index; iface++)
		if (strcmp(iface->if_name, "lo"))
			ng_doctor_interface(findings, iface->if_name, false);
	if_freenameindex(all);
	return 0;
}

int ng_command_doctor(struct ng_context *ctx)
{
	__attribute__((cleanup(ng_findings_clear))) struct ng_findings findings = { 0 };
	int ret = ng_words_distinct(ctx);

	if (ret)
		return ret;
	ng_doctor_machine(&findings);
	ng_doctor_privileges(&findings);
	ng_doctor_kernel(&findings);
	for (int i = 0; i < ctx->n_words; i++)
		ng_doctor_interface(&findings, ctx->words[i], true);
	if (!ctx->n_words)
		ret = check_all(&findings);
	if (ret)
		return ng_fail(&ctx->error, ret, "cannot list the interfaces: %s", strerror(-ret));
	if (ctx->json)
		say(ctx, &findings);
	else
		print(&findings);
	return count(&findings, NG_FINDING_PROBLEM) ? 1 : 0;
}
