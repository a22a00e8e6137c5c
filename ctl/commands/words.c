// SPDX-License-Identifier: GPL-2.0-only
#include "commands/words.h"

#include <time.h>

#define NS_PER_S 1000000000ULL

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

const char *ng_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

const char *ng_real_time(uint64_t ns, char *text, size_t size)
{
	time_t seconds = ns / NS_PER_S;
	struct tm broken_down;

	if (!strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &broken_down)))
		*text = 0;
	return text;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

const char *ng_boot_time(uint64_t ns, char *text, size_t size)
{
	return ng_real_time(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) + ns, text, size);
}
