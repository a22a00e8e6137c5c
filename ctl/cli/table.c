// SPDX-License-Identifier: GPL-2.0-only
/* The list of commands, from which dispatch, usage, help, completion and man page are made. */
#include "cli/command.h"
#include "cli/profiles.h"

#define NEEDS_TO_READ	 (NG_NEEDS_ROOT | NG_NEEDS_STATE)
#define NEEDS_TO_CHANGE	 (NG_NEEDS_ROOT | NG_NEEDS_STATE | NG_NEEDS_LOCK)
#define NEEDS_TO_PUBLISH (NEEDS_TO_CHANGE | NG_NEEDS_GROWTH)

#define RULESET_FILE "FILE is a ruleset file, \"-\" standard input."

#define RULE_IS_WORDS                                                                         \
	"RULE is a rule of the rule language, one or more words. Quote what the shell would " \
	"interpret: \", { and }."

#define TIME_IS \
	"TIME is a number with a unit, such as 90s, 10m, 2h or 7d, or several of these: 1h30m."

#define LIVE_ENTRIES                                                                              \
	"Live entries are not part of the ruleset: no change of it removes or restores them, as " \
	"long "                                                                                   \
	"as the ruleset has a set of that name."

#define STREAM                                                                                \
	"With \"-\" as address, reads entries from standard input, one per line; each takes " \
	"effect "                                                                             \
	"as soon as its line is read."

#define WATCH                                                                                   \
	"CONDITIONS, as in a rule, select packets. Only one reader can run at a time in a "     \
	"network "                                                                              \
	"namespace. Packets that match but could not be shown are counted and reported at the " \
	"end. "

/* clang-format off */
#define CONFIRM \
	{ .name = "--confirm", .value = NG_ARG_TIME, \
	  .summary = "roll back after TIME unless `netguard confirm` comes first" }
#define FORCE \
	{ .name = "--force", .summary = "do it even if it cuts the connection of this session" }
#define KEPT \
	{ .name = "--kept", \
	  .summary = "warn about rules that can never match instead of refusing them" }
#define LIMIT \
	{ .name = "--limit", .value = NG_ARG_NUMBER, \
	  .summary = "records per second (100); rules marked `log` have their own limit" }
#define PACKETS \
	{ .name = "--packets", .value = NG_ARG_NUMBER, .summary = "exit after N packets" }
#define RATE \
	{ .name = "--rate", .value = NG_ARG_SECONDS, \
	  .summary = "measure for SECONDS and show packets per second" }
/* clang-format on */

const struct ng_option ng_global_options[NG_GLOBALS] = {
	{ .name = "-n",
	  .value = NG_ARG_NETNS,
	  .summary = "run in the network namespace NETNS, as `ip -n` does" },
	{ .name = "--json",
	  .summary = "print JSON; an error is {\"error\":{\"where\",\"what\",\"hint\"}}" },
	{ .name = "-q", .summary = "print only errors, warnings and requested results" },
	{ .name = "-h", .summary = "print this help" },
	{ .name = "--help", .summary = "same as -h" },
	{ .name = "--version", .summary = "print the version" },
};

const struct ng_command ng_commands[] = {
	{
		.name = "attach",
		.arguments = { { NG_ARG_IFACE, NG_REPEATED } },
		.summary = "attach the filter to interfaces",
		.details = "The filter stays attached when the command exits. The first attach "
			   "starts with an empty ruleset, which passes everything except invalid "
			   "frames. Either all interfaces are attached or none. XDP programs of "
			   "other software are never replaced.",
		.options = { { .name = "--mode",
			       .value = NG_ARG_MODE,
			       .summary = "auto (native XDP, else TC), native, generic or tc" },
			     { .name = "--rules",
			       .value = NG_ARG_FILE,
			       .summary = "start with this ruleset; for the first attach only" },
			     CONFIRM,
			     FORCE,
			     KEPT },
		.needs = NG_NEEDS_ROOT | NG_NEEDS_LOCK,
		.privilege = &ng_profile_attach,
		.run = ng_command_attach,
	},
	{
		.name = "detach",
		.arguments = { { NG_ARG_IFACE, NG_REPEATED } },
		.summary = "detach the filter from interfaces",
		.details = "Detaching the last interface removes everything from the kernel: "
			   "rules, counters and blocked addresses; run `netguard save` to save the "
			   "rules "
			   "first. --all also succeeds if nothing is attached, and says so.",
		.options = { { .name = "--all",
			       .summary = "all interfaces of this network namespace",
			       .replaces = true } },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_attach,
		.run = ng_command_detach,
	},
	{
		.name = "status",
		.summary = "show where the filter is attached, its mode, and any problem",
		.options = { RATE },
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_ask_hooks,
		.run = ng_command_status,
	},
	{
		.name = "upgrade",
		.summary = "replace the loaded programs with those of this netguard",
		.details = "Run it once after an update of netguard. Filtering goes on without a "
			   "gap; rules, counters and live entries are kept. An older netguard "
			   "refuses to work with the result.",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_attach,
		.run = ng_command_upgrade,
	},
	{
		.name = "block",
		.arguments = { { NG_ARG_TARGET }, { NG_ARG_FOR_TIME, NG_OPTIONAL } },
		.summary = "drop an address, a prefix or packets that match conditions",
		.details = "Takes effect at once. An address goes into the live set @blocked, "
			   "which no ruleset update changes, and so does a prefix with `for TIME`. "
			   "Anything else becomes the rule `drop CONDITIONS`, before all others; "
			   "`for TIME` adds an `until` to it. " TIME_IS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_block,
	},
	{
		.name = "unblock",
		.arguments = { { NG_ARG_BLOCK } },
		.summary = "undo a block",
		.details = "Removes an address from @blocked and deletes the rule that `block` "
			   "inserts. If there is neither, says so and succeeds.",
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_unblock,
	},
	{
		.name = "allow",
		.arguments = { { NG_ARG_TARGET } },
		.summary = "pass an address, a prefix or packets that match conditions",
		.details = "Inserts the rule `pass CONDITIONS` before all others, and removes an "
			   "address from @blocked.",
		.options = { CONFIRM },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_allow,
	},
	{
		.name = "count",
		.arguments = { { NG_ARG_TARGET } },
		.summary = "count an address, a prefix or packets that match conditions",
		.details = "Inserts the rule `count CONDITIONS` before all others. It decides "
			   "nothing.",
		.options = { CONFIRM },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_count,
	},
	{
		.name = "rules",
		.summary = "list the rules in force with their counters",
		.options = { RATE },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_rules,
	},
	{
		.name = "rule add",
		.arguments = { { NG_ARG_RULE, NG_REPEATED } },
		.summary = "append a rule",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_add,
	},
	{
		.name = "rule insert",
		.arguments = { { NG_ARG_RULE_NUMBER }, { NG_ARG_RULE, NG_REPEATED } },
		.summary = "insert a rule as number N",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_insert,
	},
	{
		.name = "rule replace",
		.arguments = { { NG_ARG_RULE_NUMBER }, { NG_ARG_RULE, NG_REPEATED } },
		.summary = "replace rule number N",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_replace,
	},
	{
		.name = "rule delete",
		.arguments = { { NG_ARG_RULE_NUMBER } },
		.summary = "delete rule number N",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_delete,
	},
	{
		.name = "rule move",
		.arguments = { { NG_ARG_RULE_NUMBER }, { NG_ARG_NEW_NUMBER } },
		.summary = "move rule number N to number M; it keeps its counters",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_move,
	},
	{
		.name = "counters",
		.summary = "show all counters: rules, defaults, invalid, blocked",
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_counters,
	},
	{
		.name = "counters reset",
		.summary = "reset all counters to 0",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_reset,
		.run = ng_command_counters_reset,
	},
	{
		.name = "flows",
		.arguments = { { NG_ARG_TARGET, NG_OPTIONAL } },
		.summary = "list noted flows, whose answers are `established`",
		.details =
			"ADDRESS and PREFIX select by either end, CONDITIONS by family, "
			"protocol, addresses and ports, of the packets that leave. TCP "
			"connections of this host are not listed: `established` asks its sockets "
			"for them, as ss(8) does.",
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_flows,
	},
	{
		.name = "flows flush",
		.arguments = { { NG_ARG_TARGET, NG_OPTIONAL } },
		.summary = "delete noted flows, all or some",
		.details = "Answers are `established` again as soon as the next packet of the flow "
			   "leaves. ADDRESS, PREFIX and CONDITIONS select as in `flows`.",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_reset,
		.run = ng_command_flows_flush,
	},
	{
		.name = "set list",
		.arguments = { { NG_ARG_SET, NG_OPTIONAL } },
		.summary = "list the sets in force, or the entries of one",
		.details = "The list includes @blocked, which `netguard block` fills. Live entries "
			   "come last, with their remaining time.",
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_set_list,
	},
	{
		.name = "set test",
		.arguments = { { NG_ARG_SET }, { NG_ARG_ADDRESS } },
		.summary = "test whether an address is in a set, and show the entry",
		.details = "Exit status 0: it is in the set; 1: it is not; 2: error.",
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &ng_profile_read,
		.run = ng_command_set_test,
	},
	{
		.name = "set add",
		.arguments = { { NG_ARG_SET },
			       { NG_ARG_ELEMENT, NG_REPEATED },
			       { NG_ARG_FOR_TIME, NG_OPTIONAL } },
		.summary = "add live entries to a set, without a new ruleset",
		.details = "Takes effect at once. " LIVE_ENTRIES
			   " The expiry of an entry that exists is replaced. " STREAM
			   " A line may end with its own `for TIME`. " TIME_IS,
		.options = { FORCE },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_change_sets,
		.run = ng_command_set_add,
	},
	{
		.name = "set delete",
		.arguments = { { NG_ARG_SET }, { NG_ARG_LIVE_ELEMENT, NG_REPEATED } },
		.summary = "delete live entries from a set",
		.details =
			LIVE_ENTRIES " Prefixes that the ruleset declares stay in the set. " STREAM,
		.options = { FORCE },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_change_sets,
		.run = ng_command_set_delete,
	},
	{
		.name = "set flush",
		.arguments = { { NG_ARG_SET } },
		.summary = "delete all live entries of a set",
		.options = { FORCE },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_change_sets,
		.run = ng_command_set_flush,
	},
	{
		.name = "set load",
		.arguments = { { NG_ARG_DECLARED_SET }, { NG_ARG_FILE } },
		.summary = "replace the prefixes of a set with those of a file, atomically",
		.details = "FILE is a list of prefixes, \"-\" standard input. If it has an error "
			   "nothing changes. Rules and counters are kept; the next `apply` uses "
			   "the prefixes of its own file again.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_set_load,
	},
	{
		.name = "feed",
		.arguments = { { NG_ARG_STDIN } },
		.summary = "take live entries from a program, line by line",
		.details =
			"Lines of standard input: `add SET PREFIX [until EPOCH|for TIME]`, `del "
			"SET "
			"PREFIX`, `begin SET`, `commit SET`, `ping`. They take effect in order, as "
			"soon as they are read. An entry has the owner NAME: this feed can end "
			"only "
			"what feeds of that name added, and an entry that several owners added "
			"stays until the last of them wants it no longer. From `begin` to `commit` "
			"entries are collected; `commit` replaces with them what the owner has in "
			"the set, or nothing if a line was wrong. Deleting what is not there is no "
			"error. TIME may have fractions: 9m55.9s. Exit status 1: lines failed.",
		.options = { { .name = "--owner",
			       .value = NG_ARG_OWNER,
			       .summary = "whose entries these are (feed)" },
			     { .name = "--ack",
			       .summary = "answer each line: ok and what was done, or error and "
					  "why" },
			     { .name = "--shortest",
			       .value = NG_ARG_LENGTHS,
			       .summary = "refuse to add shorter prefixes of IPv4, of IPv6 "
					  "(8,19)" },
			     FORCE },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_change_sets,
		.run = ng_command_feed,
	},
	{
		.name = "apply",
		.arguments = { { NG_ARG_FILE } },
		.summary = "replace the ruleset with that of a file, atomically",
		.details = RULESET_FILE " If it has an error nothing changes. Rules with the same "
					"text keep their counters.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_apply,
	},
	{
		.name = "confirm",
		.summary = "keep a change that was made with --confirm",
		.details =
			"Fails if the time has run out: by then the kernel has rolled the change "
			"back.",
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_confirm,
	},
	{
		.name = "rollback",
		.arguments = { { NG_ARG_NUMBER, NG_OPTIONAL } },
		.summary = "return to the previous ruleset, or to one of the history",
		.details = "If a change is waiting to be confirmed, rolls it back. Otherwise "
			   "swaps the current and the previous ruleset, with their counters; a "
			   "second rollback undoes the first. N is a ruleset of the history, which "
			   "keeps the last 8 with the prefixes of their sets.",
		.options = { { .name = "--list", .summary = "list the history", .replaces = true },
			     CONFIRM,
			     FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rollback,
	},
	{
		.name = "check",
		.arguments = { { NG_ARG_FILE } },
		.summary = "parse and compile a ruleset file; does not use the kernel",
		.details = RULESET_FILE,
		.options = { KEPT },
		.tells = NG_TELLS_ANSWER,
		.privilege = &ng_profile_read_files,
		.run = ng_command_check,
	},
	{
		.name = "diff",
		.arguments = { { NG_ARG_FILE } },
		.summary = "show what `apply FILE` would change",
		.details = RULESET_FILE " Exit status 0: no difference; 1: differences; 2: error.",
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &ng_profile_read_files,
		.run = ng_command_diff,
	},
	{
		.name = "save",
		.arguments = { { NG_ARG_FILE, NG_OPTIONAL } },
		.summary = "write the ruleset in force, with its sets, as one file",
		.details = "Writes to standard output, or replaces FILE atomically; comments in "
			   "FILE and its references to set files are lost. Live entries are not "
			   "part of the ruleset: `netguard set list NAME` prints them.",
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_FILE,
		.privilege = &ng_profile_save,
		.run = ng_command_save,
	},
	{
		.name = "flush",
		.summary = "remove all rules and sets: everything passes",
		.details = "Blocked addresses stay blocked; the command prints how many there are.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_flush,
	},
	{
		.name = "test",
		.arguments = { { NG_ARG_FILE }, { NG_ARG_CAPTURE, NG_REPEATED } },
		.summary = "run the program on captures and show what it counts",
		.details =
			"Nothing is attached. Captures are pcap or pcapng files, \"-\" is standard "
			"input. Truncated frames are padded with zeros to their original length. "
			"Frames without an Ethernet header, and those too short or too long for "
			"the kernel's test run, are skipped and counted by reason. pcapng files "
			"may say which packets leave; otherwise --own does, with addresses, "
			"prefixes or MAC addresses, and commas between them, or else all packets "
			"are taken as incoming.",
		.options = { { .name = "--hook",
			       .value = NG_ARG_HOOK,
			       .summary = "xdp (default), tc-in or tc-out" },
			     { .name = "--on",
			       .value = NG_ARG_IFACE,
			       .summary =
				       "the interface that `on IFACE` in rules is compared with" },
			     { .name = "--own",
			       .value = NG_ARG_OWN,
			       .summary = "addresses of the host that the captures are of: packets "
					  "from these leave" },
			     { .name = "--each",
			       .summary = "print one line per packet: capture, number, verdict, "
					  "what decided, direction" } },
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_test,
		.run = ng_command_test,
	},
	{
		.name = "metrics",
		.arguments = { { NG_ARG_FILE, NG_OPTIONAL } },
		.summary = "print counters and state in the Prometheus text format",
		.details = "Writes to standard output, or replaces FILE atomically, for the "
			   "textfile collector of node_exporter. With --listen, serves GET "
			   "/metrics over HTTP until it is terminated; PORT alone listens on "
			   "127.0.0.1. Rules with a label have their own time series; with "
			   "--all-rules so do the others, named by their text.",
		.options = { { .name = "--listen",
			       .value = NG_ARG_ADDR_PORT,
			       .summary = "serve over HTTP",
			       .replaces = true },
			     { .name = "--all-rules",
			       .summary = "include rules without a label" } },
		.needs = NG_NEEDS_ROOT,
		.tells = NG_TELLS_FILE,
		.privilege = &ng_profile_tell_metrics,
		.run = ng_command_metrics,
	},
	{
		.name = "explain",
		.arguments = { { NG_ARG_PACKET, NG_REPEATED } },
		.summary = "show what decides about one packet, and which rules match it",
		.details = "PACKET is conditions of the rule language with one value each, such as "
			   "`in on eth0 tcp from 198.51.100.9 dport 22 flags syn`; values that are "
			   "not given are assumed, and marked so in the output. The program itself "
			   "runs on the packet, with the rules in force and their live entries, or "
			   "with those of a file. Nothing is counted. Exit status 0: it passes; 1: "
			   "it is dropped; 2: error.",
		.options = { { .name = "--rules",
			       .value = NG_ARG_FILE,
			       .summary = "use a ruleset file instead of the rules in force" },
			     { .name = "--hook",
			       .value = NG_ARG_HOOK,
			       .summary = "xdp, tc-in or tc-out (default: by PACKET's direction)" },
			     { .name = "--on",
			       .value = NG_ARG_IFACE,
			       .summary = "the interface, for --capture and --hex" },
			     { .name = "--established",
			       .summary = "suppose that it is, for --capture and --hex" },
			     { .name = "--capture",
			       .value = NG_ARG_FILE,
			       .summary = "packet number N of a capture, from 1",
			       .replaces = true,
			       .arguments = { { NG_ARG_NUMBER } } },
			     { .name = "--hex",
			       .summary = "the frame in hexadecimal, from its Ethernet header on",
			       .replaces = true,
			       .arguments = { { NG_ARG_BYTES, NG_REPEATED } } } },
		.needs = NG_NEEDS_ROOT,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &ng_profile_test,
		.run = ng_command_explain,
	},
	{
		.name = "top",
		.arguments = { { NG_ARG_VIEW, NG_OPTIONAL } },
		.summary = "live screen of rates by rule, interface and dropped source",
		.details =
			"Shows packets and bits per second, shares of the total and a trend; ? "
			"lists the keys. Sources are estimated from a sample of the dropped "
			"packets; only one `watch`, `capture` or `top` can read samples at a time.",
		.options = { { .name = "--interval",
			       .value = NG_ARG_SECONDS,
			       .summary = "time between two updates (1)" },
			     { .name = "--once",
			       .summary = "print the rates of one interval and exit" } },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_top,
	},
	{
		.name = "watch",
		.arguments = { { NG_ARG_SELECTION, NG_OPTIONAL },
			       { NG_ARG_CONDITIONS, NG_OPTIONAL } },
		.summary = "show packets as they arrive, of `log` rules or a selection",
		.details =
			WATCH "Each line has the time, the interface, the direction, the verdict, "
			      "what decided, and the packet. With --json, one object per packet.",
		.options = { LIMIT, PACKETS },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_watch,
	},
	{
		.name = "capture",
		.arguments = { { NG_ARG_SELECTION, NG_OPTIONAL },
			       { NG_ARG_CONDITIONS, NG_OPTIONAL } },
		.summary = "write packets that `watch` would show to a pcapng file",
		.details = WATCH
		"Writes the first 200 bytes of each packet, with its interface and direction, and "
		"the verdict and what decided as a comment. Runs until it is terminated.",
		.options = { { .name = "-w",
			       .value = NG_ARG_FILE,
			       .summary = "output file; \"-\" is standard output",
			       .required = true },
			     LIMIT,
			     PACKETS },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_write_capture,
		.run = ng_command_capture,
	},
	{
		.name = "doctor",
		.arguments = { { NG_ARG_IFACE, NG_OPTIONAL | NG_REPEATED } },
		.summary = "check whether this machine can run netguard",
		.details =
			"Checks the named interfaces, or all. Changes nothing: what it loads as a "
			"test is removed again. Without privileges it reports what it could not "
			"find out. Exit status 1: a problem prevents netguard from working here.",
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_examine,
		.run = ng_command_doctor,
	},
	{
		.name = "completion",
		.arguments = { { NG_ARG_SHELL } },
		.summary = "print the completion script for a shell",
		.details = "`make install` installs it. It completes commands, options, "
			   "interfaces, files and the words of rules; as root also sets, rule "
			   "numbers and what is blocked.",
		.takes_any = true,
		.privilege = &ng_profile_complete,
		.run = ng_command_completion,
	},
	{
		.name = "help",
		.arguments = { { NG_ARG_COMMAND, NG_OPTIONAL } },
		.summary = "list the commands, or print the help of one",
		.details = "Same as `netguard COMMAND --help`.",
		.privilege = &ng_profile_read,
		.run = ng_command_help,
	},
	{
		.name = "version",
		.summary = "print the versions of netguard, its libraries and the kernel",
		.privilege = &ng_profile_read,
		.run = ng_command_version,
	},
};
const size_t ng_commands_n = sizeof(ng_commands) / sizeof(*ng_commands);
