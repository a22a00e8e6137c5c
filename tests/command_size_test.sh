#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rulesets that are too large are refused within a gigabyte of memory and in a few seconds (time is
# not measured here). NETGUARD_TEST_ALL=1 tries more that take longer to write.
. "$(dirname "$0")/command_common.sh"

# run_within MIB ARGUMENT...: with that limit of address space, shared libraries included
run_within()
{
	most=$(($1 << 10))
	shift
	status=0
	(ulimit -v "$most" && exec "$NETGUARD" "$@") >out 2>err || status=$?
}

(echo 'default pass' && yes 'drop tcp' | head -n 2000001) >many.rules
run_within 1024 check many.rules
expect size_too_many_rules 1 '' \
	'*many.rules:2000002:1: the ruleset is too large: more than 2000000 rules; put addresses into sets'
[ "$(wc -l <err)" -eq 1 ] && ok size_is_said_once || not_ok size_is_said_once "$(head -n 3 err)"

# Each rule becomes 16 entries with a list each, for both families, valid and invalid.
awk 'BEGIN {
	print "default pass"
	for (i = 0; i < 16; i++) dports = dports (i ? "," : "") 2 * i + 1
	for (i = 0; i < 40; i++) sports = sports (i ? "," : "") 3 * i + 1
	for (i = 0; i < 50000; i++) print "drop tcp dport " dports " sport " sports " ttl 0-" i % 255
}' >lists.rules
run_within 1280 check lists.rules
expect size_too_many_lists 1 '' '*the ruleset is too large: compiling it takes more than * MiB*'

# Short text, 62 prefixes a line.
yes 0.0.0.1-255.255.255.254 | head -n 280000 >ranges.txt
printf 'set s file "ranges.txt"\ndrop from @s\n' >ranges.rules
run_within 1024 check ranges.rules
expect size_too_many_prefixes 1 '' '*ranges.txt:*: more than 16777216 prefixes'

if [ -n "${NETGUARD_TEST_ALL-}" ]; then
	awk 'BEGIN {
		print "default pass"
		for (i = 0; i < 1024; i++) ports = ports (i ? "," : "") 3 * i
		for (i = 0; i < 45000; i++) print "drop udp dport " ports " ttl " i % 255
	}' >values.rules
	run_within 1280 check values.rules
	expect size_too_many_values 1 '' '*the ruleset is too large: up to here it takes more than 640 MiB*'

	for k in 1 2 3; do
		awk -v k=$k 'BEGIN {
			for (i = 0; i < 66000; i++) {
				p = sprintf("2001:%x:%x:%x", k, int(i / 65536), i % 65536)
				print p "::1-" p ":ffff:ffff:ffff:fffe"
			}
		}' >ranges$k.txt
		printf 'set s%d file "ranges%d.txt"\ndrop from @s%d\n' $k $k $k
	done >sets.rules
	run_within 1280 check sets.rules
	expect size_too_large_sets 1 '' '*the ruleset is too large: its sets come to more than the 1024 MiB*'
fi
finish
