// SPDX-License-Identifier: GPL-2.0-only
/* The one list of commands: dispatch, usage, help, and what is made from them. */
#include "cli/command.h"
#include "cli/profiles.h"

#define NEEDS_TO_READ	 (NG_NEEDS_ROOT | NG_NEEDS_STATE)
#define NEEDS_TO_CHANGE	 (NG_NEEDS_ROOT | NG_NEEDS_STATE | NG_NEEDS_LOCK)
#define NEEDS_TO_PUBLISH (NEEDS_TO_CHANGE | NG_NEEDS_GROWTH)

#define RULESET_FILE "FILE is a ruleset file, \"-\" standard input."
#define RULE_IS_WORDS                                                                           \
	"RULE is a rule of the language; its words may be given one by one or in quotes: what " \
	"the shell would change (\", {, }) wants quotes."

#define TIME_IS "TIME is 90s, 10m, 2h, 7d, or several of them: 1h30m."
#define LIVE_ENTRIES                                                                        \
	"Live entries are no part of the ruleset: no update loses or revives one, as long " \
	"as the ruleset has a set of that name."
#define STREAM                                                                              \
	"With \"-\" for the address, one entry a line is read from standard input, and in " \
	"force as soon as its line was read."

#define WATCH                                                                                \
	"CONDITIONS, as in a rule, say of which packets. One reader at a time in a network " \
	"namespace. What was matched and is not shown is counted and said at the end. "

/* clang-format off */
#define CONFIRM \
	{ .name = "--confirm", .value = NG_ARG_TIME, \
	  .summary = "take it back after TIME, unless `netguard confirm` comes before" }
#define FORCE \
	{ .name = "--force", .summary = "also when it cuts the connection that it is typed through" }
#define KEPT \
	{ .name = "--kept", \
	  .summary = "the file's rules were in force: if they can never match, warn of them" }
#define LIMIT \
	{ .name = "--limit", .value = NG_ARG_NUMBER, \
	  .summary = "records per second of what is asked for (100); rules have their own: log N/s" }
#define PACKETS \
	{ .name = "--packets", .value = NG_ARG_NUMBER, .summary = "end after N packets" }
#define RATE \
	{ .name = "--rate", .value = NG_ARG_SECONDS, \
	  .summary = "look twice, so far apart, and show packets per second too" }
/* clang-format on */

const struct ng_option ng_global_options[NG_GLOBALS] = {
	{ .name = "-n",
	  .value = NG_ARG_NETNS,
	  .summary = "work in the network namespace NETNS, as `ip -n` does" },
	{ .name = "--json",
	  .summary = "print JSON; an error is {\"error\":{\"where\",\"what\",\"hint\"}}" },
	{ .name = "-q", .summary = "print only errors, warnings and results that are asked for" },
	{ .name = "-h", .summary = "print this help" },
	{ .name = "--help", .summary = "the same" },
	{ .name = "--version", .summary = "print the version" },
};

const struct ng_command ng_commands[] = {
	{
		.name = "attach",
		.arguments = { { NG_ARG_IFACE, NG_REPEATED } },
		.summary = "put the filter on interfaces",
		.details =
			"The filter stays when the command ends. The first attach starts with an "
			"empty ruleset, which passes everything but invalid frames. All interfaces "
			"are attached or none. A program of somebody else's is never replaced.",
		.options = { { .name = "--mode",
			       .value = NG_ARG_MODE,
			       .summary = "auto (native XDP, else TC), native, generic or tc" },
			     { .name = "--rules",
			       .value = NG_ARG_FILE,
			       .summary = "the first attach starts with this ruleset instead" },
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
		.summary = "take the filter off interfaces",
		.details = "With the last interface all of netguard leaves the kernel: rules, "
			   "counters and blocked addresses too. `netguard save` keeps the rules. "
			   "--all where nothing is attached is done already, and says so.",
		.options = { { .name = "--all",
			       .summary = "every interface of this network namespace",
			       .replaces = true } },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_attach,
		.run = ng_command_detach,
	},
	{
		.name = "status",
		.summary = "show where the filter is attached, how, and what is wrong with it",
		.options = { RATE },
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_ask_hooks,
		.run = ng_command_status,
	},
	{
		.name = "upgrade",
		.summary = "put the programs of this netguard in the place of those that run",
		.details = "After netguard itself was updated: the filter goes on without a packet "
			   "unfiltered, rules, counters and live entries stay. An older netguard "
			   "then refuses to touch it.",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_attach,
		.run = ng_command_upgrade,
	},
	{
		.name = "block",
		.arguments = { { NG_ARG_TARGET }, { NG_ARG_FOR_TIME, NG_OPTIONAL } },
		.summary = "drop an address, a prefix or what meets conditions, at once",
		.details = "An address goes into the live set @blocked, which no ruleset update "
			   "touches; so does a prefix for a time. Anything else becomes the rule "
			   "`drop CONDITIONS`, put first, for a time with `until`. " TIME_IS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_block,
	},
	{
		.name = "unblock",
		.arguments = { { NG_ARG_BLOCK } },
		.summary = "take a block back",
		.details = "Takes an address out of @blocked and deletes the rule that `block` "
			   "would put first. Where there is neither nothing is to be done, "
			   "and it says so.",
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_unblock,
	},
	{
		.name = "allow",
		.arguments = { { NG_ARG_TARGET } },
		.summary = "pass an address, a prefix or what meets conditions, before all other "
			   "rules",
		.details = "Puts the rule `pass CONDITIONS` first, and takes an address out of "
			   "@blocked.",
		.options = { CONFIRM },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_allow,
	},
	{
		.name = "count",
		.arguments = { { NG_ARG_TARGET } },
		.summary = "count an address, a prefix or what meets conditions, deciding nothing",
		.details = "Puts the rule `count CONDITIONS` first.",
		.options = { CONFIRM },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_count,
	},
	{
		.name = "rules",
		.summary = "list the rules in force with what they counted",
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
		.summary = "insert a rule, which becomes number N",
		.details = RULE_IS_WORDS,
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_insert,
	},
	{
		.name = "rule replace",
		.arguments = { { NG_ARG_RULE_NUMBER }, { NG_ARG_RULE, NG_REPEATED } },
		.summary = "put a rule in the place of number N",
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
		.summary = "make rule number N number M; it keeps its counters",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rule_move,
	},
	{
		.name = "counters",
		.summary = "show what was counted, by what decided",
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_counters,
	},
	{
		.name = "counters reset",
		.summary = "count from 0 again",
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_reset,
		.run = ng_command_counters_reset,
	},
	{
		.name = "set list",
		.arguments = { { NG_ARG_SET, NG_OPTIONAL } },
		.summary = "list the sets in force, or the entries of one",
		.details = "@blocked, the addresses that `netguard block` put there, is one of "
			   "them. Live entries come last, with the time that is left to them.",
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_set_list,
	},
	{
		.name = "set test",
		.arguments = { { NG_ARG_SET }, { NG_ARG_ADDRESS } },
		.summary = "ask whether an address is in a set, by what, and for how long",
		.details = "Exit status 0: it is; 1: it is not; 2: trouble, which "
			   "standard error tells.",
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
		.summary = "add live entries to a set, at once and without a new ruleset",
		.details = LIVE_ENTRIES " An entry that is there already lasts for what is said "
					"now. " STREAM
					" A line may end with its own `for TIME`. " TIME_IS,
		.options = { FORCE },
		.needs = NEEDS_TO_CHANGE,
		.privilege = &ng_profile_change_sets,
		.run = ng_command_set_add,
	},
	{
		.name = "set delete",
		.arguments = { { NG_ARG_SET }, { NG_ARG_LIVE_ELEMENT, NG_REPEATED } },
		.summary = "delete live entries of a set",
		.details = LIVE_ENTRIES " What the ruleset itself says of a set stays. " STREAM,
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
		.summary =
			"replace what a set holds by the prefixes of a list file, at one instant",
		.details = "FILE is a list of prefixes, \"-\" standard input. With one error in it "
			   "nothing changes. Rules and counters stay as they are; the next `apply` "
			   "goes by its own file again.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.automatic = true,
		.privilege = &ng_profile_publish,
		.run = ng_command_set_load,
	},
	{
		.name = "apply",
		.arguments = { { NG_ARG_FILE } },
		.summary = "put a ruleset file in force in place of all rules, at one instant",
		.details = RULESET_FILE " One error in it, and nothing changes. Rules that stay "
					"the same keep their counters.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_apply,
	},
	{
		.name = "confirm",
		.summary = "keep a change that was made with --confirm",
		.details = "Fails when it comes too late: then the kernel has gone back already.",
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_confirm,
	},
	{
		.name = "rollback",
		.arguments = { { NG_ARG_NUMBER, NG_OPTIONAL } },
		.summary = "go back to the ruleset before, or to number N of the last ones",
		.details = "While a change waits to be confirmed, takes that back. Else the "
			   "ruleset in "
			   "force and the one before change places, with their counters; a second "
			   "rollback undoes the first. With N the ruleset of that number is put in "
			   "force: the last 8 are kept, with the prefixes of their sets.",
		.options = { { .name = "--list",
			       .summary = "list the rulesets that were in force",
			       .replaces = true },
			     CONFIRM,
			     FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_rollback,
	},
	{
		.name = "check",
		.arguments = { { NG_ARG_FILE } },
		.summary = "read and compile a ruleset file without touching the kernel",
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
		.details = RULESET_FILE " Exit status 0: nothing; 1: something; 2: trouble, which "
					"standard error tells.",
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_ANSWER,
		.asks = true,
		.privilege = &ng_profile_read_files,
		.run = ng_command_diff,
	},
	{
		.name = "save",
		.arguments = { { NG_ARG_FILE, NG_OPTIONAL } },
		.summary = "write the ruleset in force, sets included, as text that stands alone",
		.details = "Without FILE to standard output. FILE is replaced at one instant or "
			   "not at all; remarks and the names of set files that it had are lost. "
			   "Live entries of sets are no part of a ruleset: `netguard set list "
			   "blocked`.",
		.needs = NEEDS_TO_READ,
		.tells = NG_TELLS_FILE,
		.privilege = &ng_profile_save,
		.run = ng_command_save,
	},
	{
		.name = "flush",
		.summary = "put the empty ruleset in force: no rules, no sets, everything passes",
		.details = "Blocked addresses stay blocked; the command says how many there are.",
		.options = { CONFIRM, FORCE },
		.needs = NEEDS_TO_PUBLISH,
		.privilege = &ng_profile_publish,
		.run = ng_command_flush,
	},
	{
		.name = "test",
		.arguments = { { NG_ARG_FILE }, { NG_ARG_CAPTURE, NG_REPEATED } },
		.summary =
			"run the real program over captures, attach nothing, show what it counted",
		.details = "Captures are pcap or pcapng files, \"-\" is standard input. Frames "
			   "that the capture cut are padded with zeros to the length they had on "
			   "the wire. Frames without an Ethernet header, and those too short or "
			   "too long for the kernel's test run, are skipped and counted by reason.",
		.options = { { .name = "--hook",
			       .value = NG_ARG_HOOK,
			       .summary = "xdp (when nothing is said), tc-in or tc-out" },
			     { .name = "--on",
			       .value = NG_ARG_IFACE,
			       .summary = "the interface that rules with `on IFACE` see" },
			     { .name = "--each",
			       .summary = "a line a packet: capture, number, verdict and what "
					  "decided" } },
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_test,
		.run = ng_command_test,
	},
	{
		.name = "metrics",
		.arguments = { { NG_ARG_FILE, NG_OPTIONAL } },
		.summary = "tell Prometheus what was counted, and what is in force",
		.details =
			"Without FILE to standard output. FILE is replaced at one instant, for the "
			"textfile collector of node_exporter. With --listen, GET /metrics is "
			"answered over HTTP until the command is ended; PORT alone is that of "
			"127.0.0.1. Rules with a label have series of their own; with --all-rules "
			"the others too, by their text.",
		.options = { { .name = "--listen",
			       .value = NG_ARG_ADDR_PORT,
			       .summary = "answer over HTTP",
			       .replaces = true },
			     { .name = "--all-rules", .summary = "also those without a label" } },
		.needs = NG_NEEDS_ROOT,
		.tells = NG_TELLS_FILE,
		.privilege = &ng_profile_tell_metrics,
		.run = ng_command_metrics,
	},
	{
		.name = "explain",
		.arguments = { { NG_ARG_PACKET, NG_REPEATED } },
		.summary = "say what decides about one packet and why: what is read of it, each "
			   "rule that matches",
		.details = "PACKET is in words of the rule language, as in `in on eth0 tcp from "
			   "198.51.100.9 dport 22 flags syn`: each with one value; what is not "
			   "said is assumed, and the answer says so. The real program is run on "
			   "it, under the rules in force with their live entries, or under those "
			   "of a file. Nothing is counted. Exit status 0: it passes; 1: it is "
			   "dropped; 2: trouble, which standard error tells.",
		.options = { { .name = "--rules",
			       .value = NG_ARG_FILE,
			       .summary = "a ruleset file in place of what is in force" },
			     { .name = "--hook",
			       .value = NG_ARG_HOOK,
			       .summary = "xdp, tc-in or tc-out; else xdp, or tc-out for a "
					  "packet that leaves" },
			     { .name = "--on",
			       .value = NG_ARG_IFACE,
			       .summary = "the interface, where no words say it" },
			     { .name = "--capture",
			       .value = NG_ARG_FILE,
			       .summary = "packet N of a capture, from 1",
			       .replaces = true,
			       .arguments = { { NG_ARG_NUMBER } } },
			     { .name = "--hex",
			       .summary = "the frame's bytes in hexadecimal, from the Ethernet "
					  "header on",
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
		.summary = "a live screen of rates: of each rule, of each interface, of who is "
			   "dropped",
		.details = "Packets and bits per second, shares of the whole, and how it was "
			   "before; ? lists the keys. Sources are estimated from a sample of "
			   "what is dropped, for which one `watch`, `capture` or `top` at a time "
			   "may ask.",
		.options = { { .name = "--interval",
			       .value = NG_ARG_SECONDS,
			       .summary = "between two looks (1)" },
			     { .name = "--once",
			       .summary = "no screen: print the rates of one interval" } },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_top,
	},
	{
		.name = "watch",
		.arguments = { { NG_ARG_SELECTION, NG_OPTIONAL },
			       { NG_ARG_CONDITIONS, NG_OPTIONAL } },
		.summary = "show packets as they come: those of rules marked `log`, or what is "
			   "asked for",
		.details = WATCH "A line says when, on which interface, in which direction, the "
				 "verdict, what decided, and the packet. With --json an object a "
				 "packet.",
		.options = { LIMIT, PACKETS },
		.needs = NEEDS_TO_READ,
		.privilege = &ng_profile_read,
		.run = ng_command_watch,
	},
	{
		.name = "capture",
		.arguments = { { NG_ARG_SELECTION, NG_OPTIONAL },
			       { NG_ARG_CONDITIONS, NG_OPTIONAL } },
		.summary = "write the packets that `watch` shows as pcapng, for tshark and "
			   "Wireshark",
		.details = WATCH "The first 200 bytes of each, with interface, direction, and as "
				 "comment the verdict and what decided. Writes until it is ended.",
		.options = { { .name = "-w",
			       .value = NG_ARG_FILE,
			       .summary = "where to; \"-\" is standard output",
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
		.summary = "look for what this machine and its interfaces offer, and what is in "
			   "the way",
		.details = "Of the interfaces named, or of all. Changes nothing: what is tried is "
			   "let go of again. Without privileges it tells what it could not find "
			   "out. Exit status 1: something keeps netguard from working here.",
		.needs = NG_NEEDS_ROOT,
		.privilege = &ng_profile_examine,
		.run = ng_command_doctor,
	},
	{
		.name = "completion",
		.arguments = { { NG_ARG_SHELL } },
		.summary = "print the script by which a shell completes what is typed",
		.details = "`make install` puts it where each shell looks for it. It completes "
			   "commands, options, interfaces, files and the words of rules; as root "
			   "also sets, the numbers of rules in force, and what is blocked.",
		.takes_any = true,
		.privilege = &ng_profile_complete,
		.run = ng_command_completion,
	},
	{
		.name = "help",
		.arguments = { { NG_ARG_COMMAND, NG_OPTIONAL } },
		.summary = "list the commands, or tell all about one",
		.details = "The same as `netguard COMMAND --help`.",
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
