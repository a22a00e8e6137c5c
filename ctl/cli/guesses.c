// SPDX-License-Identifier: GPL-2.0-only
#include "cli/guesses.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MEANT(commands) "did you mean " commands "?"

/* Names of commands in other firewalls and services, separated by commas. */
static const struct {
	const char *names, *hint;
} guesses[] = {
	{ "list,ls,show,print,view,get", MEANT("'rules', 'set list' or 'status'") },
	{ "ban,drop,deny,reject,blacklist,blocklist,filter", MEANT("'block'") },
	{ "unban,undrop,unblacklist", MEANT("'unblock'") },
	{ "accept,permit,pass,whitelist,allowlist", MEANT("'allow'") },
	{ "log,monitor,sniff,tcpdump,dump,listen,tail,trace", MEANT("'watch' or 'capture'") },
	{ "add,append,new,create,insert", MEANT("'rule add', 'rule insert' or 'set add'") },
	{ "edit,replace", MEANT("'rule replace' or 'apply'") },
	{ "move", MEANT("'rule move'") },
	{ "delete,del,remove,rm", MEANT("'rule delete', 'set delete' or 'unblock'") },
	{ "start,up,on,enable,install,run", MEANT("'attach'") },
	{ "stop,down,off,disable,unload,uninstall", MEANT("'detach'") },
	{ "load,reload,restart,restore,import,commit", MEANT("'apply'") },
	{ "clear", MEANT("'flush'") },
	{ "reset,zero", MEANT("'counters reset' or 'flush'") },
	{ "stats,statistics,hits,rates", MEANT("'counters', 'rules' or 'top'") },
	{ "blocked,bans,banned", MEANT("'set list blocked'") },
	{ "sets,rule sets", MEANT("'set list'") },
	{ "conntrack,connections,states", MEANT("'flows'") },
	{ "info,state,interfaces,links", MEANT("'status'") },
	{ "undo,revert,back", MEANT("'rollback'") },
	{ "history", MEANT("'rollback --list'") },
	{ "backup,export", MEANT("'save'") },
	{ "validate,verify,lint", MEANT("'check'") },
	{ "compare", MEANT("'diff'") },
	{ "simulate,replay", MEANT("'test'") },
	{ "why", MEANT("'explain'") },
	{ "prometheus,exporter", MEANT("'metrics'") },
	{ "rule list,rule show", MEANT("'rules'") },
	{ "rule append,rule new,rule create,rules add", MEANT("'rule add'") },
	{ "rule remove,rule rm,rule del,rules delete,rules del", MEANT("'rule delete'") },
	{ "rule edit,rule change", MEANT("'rule replace'") },
	{ "rule flush,rules flush,rules clear", MEANT("'flush'") },
	{ "set show,set get,set members", MEANT("'set list'") },
	{ "set remove,set rm,set del", MEANT("'set delete'") },
	{ "set clear", MEANT("'set flush'") },
	{ "flows clear,flows delete,flows reset", MEANT("'flows flush'") },
	{ "set replace,set import,set reload,set update", MEANT("'set load'") },
	{ "-v,-V", MEANT("'--version'") },
	{ "-?,--usage", MEANT("'--help'") },
	{ "-j,-J", MEANT("'--json'") },
	{ "--quiet,--silent,-s", MEANT("'-q'") },
	{ "--netns,--namespace,-N", MEANT("'-n'") },
	{ "--dry-run", MEANT("'diff'") },
	{ "--for,--time,--timeout,-t", "a duration is written without an option: for 10m" },
	{ "set create,set new,set declare",
	  "a ruleset file declares sets, as in set NAME { 192.0.2.0/24 }; then 'apply' it" },
};

static bool has_name(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (; names; names = strchr(names, ',')) {
		names += *names == ',';
		if (strcspn(names, ",") == len && !strncmp(names, name, len))
			return true;
	}
	return false;
}

const char *ng_foreign_hint(const char *name)
{
	for (size_t i = 0; i < sizeof(guesses) / sizeof(*guesses); i++)
		if (has_name(guesses[i].names, name))
			return guesses[i].hint;
	return NULL;
}
