#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Commands that change a running filter warn when packets become slow, as check does
# (command_check_test.sh), and not again afterwards.
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

# Rules of one interval each, which trees cannot separate.
counts() { seq -f "count from 10.0.0.0/8 length %.0f-65535" "$1" "$2"; }

run attach veth0
expect slow_attach 0 '*' ''
(echo 'default pass' && counts 100 140) >fast.rules
(echo 'default pass' && counts 100 400) >slow.rules
run apply fast.rules
expect slow_nothing_is_said_of_few_rules 0 '*in force: 41 rules*' ''
run apply slow.rules
expect slow_apply_tells 0 '*in force: 301 rules*' \
	'*slow.rules:2:1: warning: an average incoming IPv4 packet takes about *'
run rule add drop tcp dport 23
expect slow_is_not_said_again 0 '*' ''
run rule delete 302
expect slow_is_not_said_of_a_deleted_rule 0 '*' ''

run apply fast.rules
list=$(seq -s, 1 2 1999)
counts 1 60 | sed 's/$/ sport '"$list"'/' >lists
(cat fast.rules && cat lists) >more.rules
run apply more.rules
expect slow_lists_are_told_of 0 '*' '*more.rules:*: warning: an average incoming IPv4 packet takes about *'
run apply fast.rules
said=0 n=0
while [ $n -lt 60 ] && [ "$said" = 0 ]; do
	n=$((n + 1))
	run rule add "count from 10.0.0.0/8 length $n-65535"
	said=$(grep -c ' takes about ' err)
done
expect slow_rule_add_tells_when_it_comes_to_that 0 '*' \
	'*rule *: warning: an average incoming IPv4 packet takes about 1.0 µs: *'
run rule add "count from 10.0.0.0/8 length 99-65535"
expect slow_rule_add_tells_once 0 '*' ''
finish
