// SPDX-License-Identifier: GPL-2.0-only
/* The one list of commands: dispatch, usage, help, and what is made from them. */
#include "cli/command.h"

#define NEEDS_TO_READ	 (NG_NEEDS_ROOT | NG_NEEDS_STATE)
#define NEEDS_TO_CHANGE	 (NG_NEEDS_ROOT | NG_NEEDS_STATE | NG_NEEDS_LOCK)
#define NEEDS_TO_PUBLISH (NEEDS_TO_CHANGE | NG_NEEDS_GROWTH)

#define TO_LOAD (NG_CAP(CAP_BPF) | NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_PERFMON))
/* To find a program whose interface was moved to the network namespace of another process. */
#define TO_FIND (NG_CAP(CAP_SYS_ADMIN) | NG_CAP(CAP_SYS_PTRACE))
#define TO_GROW (NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_PERFMON) | TO_FIND)

/* What is pinned is its owner's business: to read it takes no capability. */
static const struct ng_privilege to_read = { 0 };
static const struct ng_privilege to_read_files = { .may = NG_CAP(CAP_DAC_READ_SEARCH) };
static const struct ng_privilege to_save = {
	.may = NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE) | NG_CAP(CAP_FOWNER),
};
static const struct ng_privilege to_write_capture = { .may = NG_CAP(CAP_DAC_OVERRIDE) };
static const struct ng_privilege to_reset = { .spare = NG_CAP(CAP_BPF) | TO_GROW };
static const struct ng_privilege to_change_sets = {
	.needs = NG_CAP(CAP_BPF), /* for a larger live table */
	.spare = TO_GROW,
};
static const struct ng_privilege to_publish = {
	.needs = NG_CAP(CAP_BPF),
	.may = NG_CAP(CAP_DAC_READ_SEARCH),
	.spare = TO_GROW,
};
static const struct ng_privilege to_ask_hooks = { .needs = NG_CAP(CAP_SYS_ADMIN), .may = TO_FIND };
/* Captures are read when the program is loaded and these are given back. */
static const struct ng_privilege to_test = {
	.needs = TO_LOAD,
	.may = NG_CAP(CAP_DAC_READ_SEARCH),
	.spare = TO_LOAD | NG_CAP(CAP_SYS_ADMIN),
};
static const struct ng_privilege to_examine = {
	.may = TO_LOAD | NG_CAP(CAP_SYS_ADMIN) | NG_CAP(CAP_SYS_PTRACE) |
	       NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE),
};
static const struct ng_privilege to_tell_metrics = {
	.needs = NG_CAP(CAP_SYS_ADMIN),
	.may = TO_FIND | NG_CAP(CAP_DAC_READ_SEARCH) | NG_CAP(CAP_DAC_OVERRIDE) |
	       NG_CAP(CAP_FOWNER) | NG_CAP(CAP_NET_BIND_SERVICE) | NG_CAP(CAP_SETUID) |
	       NG_CAP(CAP_SETGID),
};
static const struct ng_privilege to_complete = {
	.may = NG_CAP(CAP_SYS_ADMIN), /* `netguard -n NETNS ...` */
};
static const struct ng_privilege to_attach = {
	.needs = NG_CAP(CAP_NET_ADMIN) | NG_CAP(CAP_SYS_ADMIN),
	.may = NG_CAP(CAP_BPF) | NG_CAP(CAP_PERFMON) | NG_CAP(CAP_DAC_READ_SEARCH) |
	       NG_CAP(CAP_DAC_OVERRIDE) | NG_CAP(CAP_SYS_PTRACE),
};

#define RULESET_FILE "FILE is a ruleset file, \"-\" standard input."
#define RULE_IS_WORDS                                                                           \
	"RULE is a rule of the language; its words may be given one by one or in quotes: what " \
	"the shell would change (\", {, }) wants quotes."

#define TIME_IS "TIME is 90s, 10m, 2h, 7d, or several of them: 1h30m."
#define CONFIRM                                                                           \
	{                                                                                 \
		"--confirm", "TIME",                                                      \
			"take it back after TIME, unless `netguard confirm` comes before" \
	}
#define LIVE_ENTRIES                                                                        \
	"Live entries are no part of the ruleset: no update loses or revives one, as long " \
	"as the ruleset has a set of that name."
#define STREAM                                                                              \
	"With \"-\" for the address, one entry a line is read from standard input, and in " \
	"force as soon as its line was read."

#define WATCH                                                                                \
	"CONDITIONS, as in a rule, say of which packets. One reader at a time in a network " \
	"namespace. What was matched and is not shown is counted and said at the end. "
#define WATCH_OPTIONS                                                                       \
	{ "--limit", "N",                                                                   \
	  "records per second of what is asked for (100); rules have their own: log N/s" }, \
	{                                                                                   \
		"--packets", "N", "end after N packets"                                     \
	}

#define RATE                                                                                     \
	{                                                                                        \
		"--rate", "SECONDS", "look twice, so far apart, and show packets per second too" \
	}

#define FORCE                                                                                \
	{                                                                                    \
		"--force", NULL, "also when it cuts the connection that it is typed through" \
	}

#define KEPT                                                                        \
	{                                                                           \
		"--kept", NULL,                                                     \
			"the file's rules were in force: if they can never match, " \
			"warn of them"                                              \
	}

const struct ng_option ng_global_options[] = {
	{ "-n", "NETNS", "work in the network namespace NETNS, as `ip -n` does" },
	{ "--json", NULL, "print JSON; an error is {\"error\":{\"where\",\"what\",\"hint\"}}" },
	{ "-q", NULL, "print only errors, warnings and results that are asked for" },
	{ "-h", NULL, "print this help" },
	{ "--help", NULL, "the same" },
	{ "--version", NULL, "print the version" },
};
const size_t ng_global_options_n = sizeof(ng_global_options) / sizeof(*ng_global_options);

const struct ng_command ng_commands[] = {
	{
		.name = "attach",
		.arguments = "IFACE... [--mode auto|native|generic|tc] [--rules FILE] [--confirm "
			     "TIME] [--force] [--kept]",
		.summary = "put the filter on interfaces",
		.details =
			"The filter stays when the command ends. The first attach starts with an "
			"empty ruleset, which passes everything but invalid frames. All interfaces "
			"are attached or none. A program of somebody else's is never replaced.",
		.options = { { "--mode", "MODE",
			       "auto (native XDP, else TC), native, generic or tc" },
			     { "--rules", "FILE",
			       "the first attach starts with this ruleset instead" },
			     CONFIRM,
			     FORCE,
			     KEPT },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NG_NEEDS_ROOT | NG_NEEDS_LOCK,
		.privilege = &to_attach,
		.run = ng_command_attach,
	},
	{
		.name = "detach",
		.arguments = "IFACE...|--all",
		.summary = "take the filter off interfaces",
		.details = "With the last interface all of netguard leaves the kernel: rules, "
			   "counters and blocked addresses too. `netguard save` keeps the rules. "
			   "--all where nothing is attached is done already, and says so.",
		.options = { { "--all", NULL, "every interface of this network namespace" } },
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_attach,
		.run = ng_command_detach,
	},
	{
		.name = "status",
		.arguments = "[--rate SECONDS]",
		.summary = "show where the filter is attached, how, and what is wrong with it",
		.options = { RATE },
		.needs = NG_NEEDS_ROOT,
		.privilege = &to_ask_hooks,
		.run = ng_command_status,
	},
	{
		.name = "upgrade",
		.arguments = "",
		.summary = "put the programs of this netguard in the place of those that run",
		.details = "After netguard itself was updated: the filter goes on without a packet "
			   "unfiltered, rules, counters and live entries stay. An older netguard "
			   "then refuses to touch it.",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_attach,
		.run = ng_command_upgrade,
	},
	{
		.name = "block",
		.arguments = "ADDRESS|PREFIX|CONDITIONS [for TIME] [--confirm TIME] [--force]",
		.summary = "drop an address, a prefix or what meets conditions, at once",
		.details = "An address goes into the live set @blocked, which no ruleset update "
			   "touches; so does a prefix for a time. Anything else becomes the rule "
			   "`drop CONDITIONS`, put first, for a time with `until`. " TIME_IS,
		.options = { CONFIRM, FORCE },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &to_publish,
		.run = ng_command_block,
	},
	{
		.name = "unblock",
		.arguments = "ADDRESS|PREFIX|CONDITIONS",
		.summary = "take a block back",
		.details = "Takes an address out of @blocked and deletes the rule that `block` "
			   "would put first. Where there is neither nothing is to be done, "
			   "and it says so.",
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &to_publish,
		.run = ng_command_unblock,
	},
	{
		.name = "allow",
		.arguments = "ADDRESS|PREFIX|CONDITIONS [--confirm TIME]",
		.summary = "pass an address, a prefix or what meets conditions, before all other "
			   "rules",
		.details = "Puts the rule `pass CONDITIONS` first, and takes an address out of "
			   "@blocked.",
		.options = { CONFIRM },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &to_publish,
		.run = ng_command_allow,
	},
	{
		.name = "count",
		.arguments = "ADDRESS|PREFIX|CONDITIONS [--confirm TIME]",
		.summary = "count an address, a prefix or what meets conditions, deciding nothing",
		.details = "Puts the rule `count CONDITIONS` first.",
		.options = { CONFIRM },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &to_publish,
		.run = ng_command_count,
	},
	{
		.name = "rules",
		.arguments = "[--rate SECONDS]",
		.summary = "list the rules in force with what they counted",
		.options = { RATE },
		.needs = NEEDS_TO_READ,
		.privilege = &to_read,
		.run = ng_command_rules,
	},
	{
		.name = "rule add",
		.arguments = "RULE... [--confirm TIME] [--force]",
		.summary = "append a rule",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rule_add,
	},
	{
		.name = "rule insert",
		.arguments = "N RULE... [--confirm TIME] [--force]",
		.summary = "insert a rule, which becomes number N",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.min_words = 2,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rule_insert,
	},
	{
		.name = "rule replace",
		.arguments = "N RULE... [--confirm TIME] [--force]",
		.summary = "put a rule in the place of number N",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.min_words = 2,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rule_replace,
	},
	{
		.name = "rule delete",
		.arguments = "N [--confirm TIME] [--force]",
		.summary = "delete rule number N",
		.options = { CONFIRM, FORCE },
		.min_words = 1,
		.max_words = 1,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rule_delete,
	},
	{
		.name = "rule move",
		.arguments = "N M [--confirm TIME] [--force]",
		.summary = "make rule number N number M; it keeps its counters",
		.options = { CONFIRM, FORCE },
		.min_words = 2,
		.max_words = 2,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rule_move,
	},
	{
		.name = "counters",
		.arguments = "",
		.summary = "show what was counted, by what decided",
		.needs = NEEDS_TO_READ,
		.privilege = &to_read,
		.run = ng_command_counters,
	},
	{
		.name = "counters reset",
		.arguments = "",
		.summary = "count from 0 again",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_reset,
		.run = ng_command_counters_reset,
	},
	{
		.name = "set list",
		.arguments = "[NAME]",
		.summary = "list the sets in force, or the entries of one",
		.details = "@blocked, the addresses that `netguard block` put there, is one of "
			   "them. Live entries come last, with the time that is left to them.",
		.max_words = 1,
		.needs = NEEDS_TO_READ,
		.privilege = &to_read,
		.run = ng_command_set_list,
	},
	{
		.name = "set test",
		.arguments = "NAME ADDRESS",
		.summary = "ask whether an address is in a set, by what, and for how long",
		.details = "Exit status 0: it is; 1: it is not; 2: trouble, which "
			   "standard error tells.",
		.min_words = 2,
		.max_words = 2,
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &to_read,
		.run = ng_command_set_test,
	},
	{
		.name = "set add",
		.arguments = "NAME ADDRESS|PREFIX... [for TIME] [--force]",
		.summary = "add live entries to a set, at once and without a new ruleset",
		.details = LIVE_ENTRIES " An entry that is there already lasts for what is said "
					"now. " STREAM
					" A line may end with its own `for TIME`. " TIME_IS,
		.options = { FORCE },
		.min_words = 2,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_change_sets,
		.run = ng_command_set_add,
	},
	{
		.name = "set delete",
		.arguments = "NAME ADDRESS|PREFIX... [--force]",
		.summary = "delete live entries of a set",
		.details = LIVE_ENTRIES " What the ruleset itself says of a set stays. " STREAM,
		.options = { FORCE },
		.min_words = 2,
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_change_sets,
		.run = ng_command_set_delete,
	},
	{
		.name = "set flush",
		.arguments = "NAME [--force]",
		.summary = "delete all live entries of a set",
		.options = { FORCE },
		.min_words = 1,
		.max_words = 1,
		.needs = NEEDS_TO_CHANGE,
		.privilege = &to_change_sets,
		.run = ng_command_set_flush,
	},
	{
		.name = "set load",
		.arguments = "NAME FILE [--confirm TIME] [--force]",
		.summary =
			"replace what a set holds by the prefixes of a list file, at one instant",
		.details = "FILE is a list of prefixes, \"-\" standard input. With one error in it "
			   "nothing changes. Rules and counters stay as they are; the next `apply` "
			   "goes by its own file again.",
		.options = { CONFIRM, FORCE },
		.min_words = 2,
		.max_words = 2,
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &to_publish,
		.run = ng_command_set_load,
	},
	{
		.name = "apply",
		.arguments = "FILE [--confirm TIME] [--force]",
		.summary = "put a ruleset file in force in place of all rules, at one instant",
		.details = RULESET_FILE " One error in it, and nothing changes. Rules that stay "
					"the same keep their counters.",
		.options = { CONFIRM, FORCE },
		.min_words = 1,
		.max_words = 1,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_apply,
	},
	{
		.name = "confirm",
		.arguments = "",
		.summary = "keep a change that was made with --confirm",
		.details = "Fails when it comes too late: then the kernel has gone back already.",
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_confirm,
	},
	{
		.name = "rollback",
		.arguments = "[N|--list] [--confirm TIME] [--force]",
		.summary = "go back to the ruleset before, or to number N of the last ones",
		.details = "While a change waits to be confirmed, takes that back. Else the "
			   "ruleset in "
			   "force and the one before change places, with their counters; a second "
			   "rollback undoes the first. With N the ruleset of that number is put in "
			   "force: the last 8 are kept, with the prefixes of their sets.",
		.options = { { "--list", NULL, "list the rulesets that were in force" },
			     CONFIRM,
			     FORCE },
		.max_words = 1,
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_rollback,
	},
	{
		.name = "check",
		.arguments = "FILE [--kept]",
		.summary = "read and compile a ruleset file without touching the kernel",
		.details = RULESET_FILE,
		.options = { KEPT },
		.min_words = 1,
		.max_words = 1,
		.tells = NG_TELLS_ANSWER,
		.privilege = &to_read_files,
		.run = ng_command_check,
	},
	{
		.name = "diff",
		.arguments = "FILE",
		.summary = "show what `apply FILE` would change",
		.details = RULESET_FILE " Exit status 0: nothing; 1: something; 2: trouble, which "
					"standard error tells.",
		.min_words = 1,
		.max_words = 1,
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &to_read_files,
		.run = ng_command_diff,
	},
	{
		.name = "save",
		.arguments = "[FILE]",
		.summary = "write the ruleset in force, sets included, as text that stands alone",
		.details = "Without FILE to standard output. FILE is replaced at one instant or "
			   "not at all; remarks and the names of set files that it had are lost. "
			   "Live entries of sets are no part of a ruleset: `netguard set list "
			   "blocked`.",
		.max_words = 1,
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_FILE,
		.privilege = &to_save,
		.run = ng_command_save,
	},
	{
		.name = "flush",
		.arguments = "[--confirm TIME] [--force]",
		.summary = "put the empty ruleset in force: no rules, no sets, everything passes",
		.details = "Blocked addresses stay blocked; the command says how many there are.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &to_publish,
		.run = ng_command_flush,
	},
	{
		.name = "test",
		.arguments = "FILE CAPTURE... [--hook xdp|tc-in|tc-out] [--on IFACE] [--each]",
		.summary =
			"run the real program over captures, attach nothing, show what it counted",
		.details = "Captures are pcap or pcapng files, \"-\" is standard input. Frames "
			   "that the capture cut are padded with zeros to the length they had on "
			   "the wire. Frames without an Ethernet header, and those too short or "
			   "too long for the kernel's test run, are skipped and counted by reason.",
		.options = { { "--hook", "HOOK", "xdp (when nothing is said), tc-in or tc-out" },
			     { "--on", "IFACE", "the interface that rules with `on IFACE` see" },
			     { "--each", NULL,
			       "a line a packet: capture, number, verdict and what decided" } },
		.min_words = 2,
		.max_words = NG_ANY_NUMBER,
		.needs = NG_NEEDS_ROOT,
		.privilege = &to_test,
		.run = ng_command_test,
	},
	{
		.name = "metrics",
		.arguments = "[FILE] [--listen ADDR:PORT] [--all-rules]",
		.summary = "tell Prometheus what was counted, and what is in force",
		.details =
			"Without FILE to standard output. FILE is replaced at one instant, for the "
			"textfile collector of node_exporter. With --listen, GET /metrics is "
			"answered over HTTP until the command is ended; PORT alone is that of "
			"127.0.0.1. Rules with a label have series of their own; with --all-rules "
			"the others too, by their text.",
		.options = { { "--listen", "ADDR:PORT", "answer over HTTP" },
			     { "--all-rules", NULL, "also those without a label" } },
		.max_words = 1,
		.needs = NG_NEEDS_ROOT,
		.tells = NG_TELLS_FILE,
		.privilege = &to_tell_metrics,
		.run = ng_command_metrics,
	},
	{
		.name = "explain",
		.arguments =
			"[--rules FILE] [--hook HOOK] PACKET... | --capture FILE N [--on IFACE] "
			"| --hex BYTES... [--on IFACE]",
		.summary = "say what decides about one packet and why: what is read of it, each "
			   "rule that matches",
		.details = "PACKET is in words of the rule language, as in `in on eth0 tcp from "
			   "198.51.100.9 dport 22 flags syn`: each with one value; what is not "
			   "said is assumed, and the answer says so. The real program is run on "
			   "it, under the rules in force with their live entries, or under those "
			   "of a file. Nothing is counted. Exit status 0: it passes; 1: it is "
			   "dropped; 2: trouble, which standard error tells.",
		.options = { { "--rules", "FILE", "a ruleset file in place of what is in force" },
			     { "--hook", "HOOK",
			       "xdp, tc-in or tc-out; else xdp, or tc-out for a "
			       "packet that leaves" },
			     { "--on", "IFACE", "the interface, where no words say it" },
			     { "--capture", "FILE", "packet N of a capture, from 1" },
			     { "--hex", NULL,
			       "the frame's bytes in hexadecimal, from the Ethernet header on" } },
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.needs = NG_NEEDS_ROOT,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &to_test,
		.run = ng_command_explain,
	},
	{
		.name = "top",
		.arguments = "[rules|interfaces|sources] [--interval SECONDS] [--once]",
		.summary = "a live screen of rates: of each rule, of each interface, of who is "
			   "dropped",
		.details = "Packets and bits per second, shares of the whole, and how it was "
			   "before; ? lists the keys. Sources are estimated from a sample of "
			   "what is dropped, for which one `watch`, `capture` or `top` at a time "
			   "may ask.",
		.options = { { "--interval", "SECONDS", "between two looks (1)" },
			     { "--once", NULL, "no screen: print the rates of one interval" } },
		.max_words = 1,
		.needs = NEEDS_TO_READ,
		.privilege = &to_read,
		.run = ng_command_top,
	},
	{
		.name = "watch",
		.arguments = "[all|log|drop|invalid|blocked|rule N] [CONDITIONS] [--limit N] "
			     "[--packets N]",
		.summary = "show packets as they come: those of rules marked `log`, or what is "
			   "asked for",
		.details = WATCH "A line says when, on which interface, in which direction, the "
				 "verdict, what decided, and the packet. With --json an object a "
				 "packet.",
		.options = { WATCH_OPTIONS },
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_READ,
		.privilege = &to_read,
		.run = ng_command_watch,
	},
	{
		.name = "capture",
		.arguments = "[all|log|drop|invalid|blocked|rule N] [CONDITIONS] -w FILE [--limit "
			     "N] [--packets N]",
		.summary = "write the packets that `watch` shows as pcapng, for tshark and "
			   "Wireshark",
		.details = WATCH "The first 200 bytes of each, with interface, direction, and as "
				 "comment the verdict and what decided. Writes until it is ended.",
		.options = { { "-w", "FILE", "where to; \"-\" is standard output" },
			     WATCH_OPTIONS },
		.max_words = NG_ANY_NUMBER,
		.needs = NEEDS_TO_READ,
		.privilege = &to_write_capture,
		.run = ng_command_capture,
	},
	{
		.name = "doctor",
		.arguments = "[IFACE...]",
		.summary = "look for what this machine and its interfaces offer, and what is in "
			   "the way",
		.details = "Of the interfaces named, or of all. Changes nothing: what is tried is "
			   "let go of again. Without privileges it tells what it could not find "
			   "out. Exit status 1: something keeps netguard from working here.",
		.max_words = NG_ANY_NUMBER,
		.needs = NG_NEEDS_ROOT,
		.privilege = &to_examine,
		.run = ng_command_doctor,
	},
	{
		.name = "completion",
		.arguments = "bash|zsh|fish",
		.summary = "print the script by which a shell completes what is typed",
		.details = "`make install` puts it where each shell looks for it. It completes "
			   "commands, options, interfaces, files and the words of rules; as root "
			   "also sets, the numbers of rules in force, and what is blocked.",
		.min_words = 1,
		.max_words = NG_ANY_NUMBER,
		.takes_empty = true,
		.privilege = &to_complete,
		.run = ng_command_completion,
	},
	{
		.name = "help",
		.arguments = "[COMMAND]",
		.summary = "list the commands, or tell all about one",
		.details = "The same as `netguard COMMAND --help`.",
		.max_words = 2,
		.privilege = &to_read,
		.run = ng_command_help,
	},
	{
		.name = "version",
		.arguments = "",
		.summary = "print the versions of netguard, its libraries and the kernel",
		.privilege = &to_read,
		.run = ng_command_version,
	},
};
const size_t ng_commands_n = sizeof(ng_commands) / sizeof(*ng_commands);
