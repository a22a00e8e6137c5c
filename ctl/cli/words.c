// SPDX-License-Identifier: GPL-2.0-only
#include "cli/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "rules/prefix.h"
#include "rules/ruleset.h"
#include "rules/time.h"

const char ng_egress_words[] = "TC egress for rules with `out` or `established`";

const char *ng_hook_words(enum ng_hook hook, enum ng_way way)
{
	static const char *const words[NG_HOOKS][NG_WAYS] = {
		[NG_HOOK_XDP] = { [NG_WAY_NATIVE] = "native XDP",
				  [NG_WAY_GENERIC] = "generic XDP" },
		[NG_HOOK_TC_IN] = { [NG_WAY_TCX] = "TC ingress (tcx)",
				    [NG_WAY_CLSACT] = "TC ingress (clsact)" },
		[NG_HOOK_TC_OUT] = { [NG_WAY_TCX] = "TC egress (tcx)",
				     [NG_WAY_CLSACT] = "TC egress (clsact)" },
	};

	return words[hook][way] ? words[hook][way] : ng_hook_name(hook);
}

const struct ng_decider_words *ng_decider_words(enum ng_decider decider)
{
	static const struct ng_decider_words words[] = {
		[NG_BY_RULE] = { "rule", "rule", "by a rule" },
		[NG_BY_DEFAULT] = { "default", "the default", "by default, no rule decides" },
		[NG_BY_INVALID] = { "invalid", "default invalid",
				    "an invalid frame, no rule decides" },
		[NG_BY_NON_IP] = { "non_ip", "the default for non-IP",
				   "not IP, and no rule decides" },
		[NG_BY_EXEMPT] = { "exempt", "the exemption of discovery",
				   "neighbour or multicast listener discovery, no rule decides" },
		[NG_BY_BLOCKED] = { "blocked", "@" NG_BLOCKED,
				    "by @" NG_BLOCKED ", before all rules" },
	};

	return &words[decider];
}

const char *ng_decider_text(const struct ng_decision *decision, char *text, size_t size)
{
	if (decision->decider == NG_BY_RULE)
		snprintf(text, size, "%u", decision->rule);
	else
		snprintf(text, size, "%s", ng_decider_words(decision->decider)->name);
	return text;
}

const char *ng_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

const char *ng_real_time(uint64_t ns, char *text, size_t size)
{
	time_t seconds = ns / NG_NS_PER_SECOND;
	struct tm broken_down;

	if (!strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &broken_down)))
		*text = 0;
	return text;
}

uint64_t ng_boot_to_real(uint64_t ns)
{
	return ng_clock_read(CLOCK_REALTIME) - ng_clock_now() + ns;
}

const char *ng_boot_time(uint64_t ns, char *text, size_t size)
{
	return ng_real_time(ng_boot_to_real(ns), text, size);
}

/* Where the last word of @text begins; @text is not empty. */
static char *last_word(char *text)
{
	char *at = text + strlen(text);

	while (at > text && at[-1] != ' ' && at[-1] != '\t')
		at--;
	return at;
}

/* Remove blanks at both ends. */
static void trim(char *text)
{
	size_t blanks = strspn(text, " \t"), len = strlen(text + blanks);

	memmove(text, text + blanks, len + 1);
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
}

int ng_check_not_forgotten(const char *text, const char *time, struct ng_error *err)
{
	struct ng_prefix prefix;
	struct ng_error unused;
	uint64_t seconds;

	if (ng_parse_prefix(text, &prefix, &unused) || ng_duration_read(time, &seconds, &unused))
		return 0;
	ng_fail(err, -EINVAL, "'for' is missing before the duration '%s'", time);
	return ng_hint(err, -EINVAL, "write: %s for %s", text, time);
}

int ng_cut_duration(char *text, uint64_t *seconds, struct ng_error *err)
{
	char *time, *before;
	int ret;

	trim(text);
	time = last_word(text);
	if (!strcmp(time, "for")) {
		ng_fail(err, -EINVAL, "a duration is missing after 'for'");
		return ng_hint(err, -EINVAL, "as in for 10m");
	}
	if (time == text || strchr(time, '"'))
		return 0;
	time[-1] = '\0';
	trim(text);
	before = last_word(text);
	if (strcmp(before, "for") != 0) {
		ret = ng_check_not_forgotten(text, time, err);
		/* Nothing to cut: join both again, with one blank. */
		memmove(text + strlen(text) + 1, time, strlen(time) + 1);
		text[strlen(text)] = ' ';
		return ret;
	}
	ret = ng_duration_read(time, seconds, err);
	if (ret)
		return ret;
	*before = '\0';
	trim(text);
	return 0;
}
