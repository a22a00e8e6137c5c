#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# One rule is changed in a ruleset that is large enough for the image in force to be changed instead
# of compiled: the text in force, warnings and the history are the same as if it had been compiled.
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

RULES=1500

# ruleset N: the text of a ruleset with N rules
ruleset() {
	echo 'default pass'
	echo 'default out pass'
	echo 'default invalid drop'
	echo 'set office { 192.0.2.0/24 }'
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		printf "drop tcp from 10.%d.%d.0/24 dport %d label \"%d\"\n",
			i / 256, i % 256, i, i }'
}
ruleset $RULES >all.rules

# same NAME SCRIPT: SCRIPT, for sed, changes all.rules; the text in force is the same
same() {
	sed -i "$2" all.rules
	run save
	expect "change_$1_leaves_the_same_text" 0 "$(cat all.rules)" ''
}
# line N: the line of rule N in all.rules
line() {
	echo $(($1 + 4))
}

run attach veth0 --mode tc
expect change_attach 0 '*' ''
run apply all.rules
expect change_apply 0 '*1500 rules*' ''

run rule add drop udp dport 99
expect change_add 0 'rule 1501 added: drop udp dport 99' ''
same add "\$a drop udp dport 99"
run rule insert 700 count from @office
expect change_insert 0 'rule 700 added: count from @office' ''
same insert "$(line 700)i count from @office"
run rule delete 3
expect change_delete 0 'rule 3 deleted: drop tcp from 10.0.3.0/24 dport 3 label "3"' ''
same delete "$(line 3)d"
run rule replace 10 pass tcp from 10.0.11.0/24 dport 1-5
expect change_replace 0 'rule 10 replaced: pass tcp from 10.0.11.0/24 dport 1-5' ''
same replace "$(line 10)c pass tcp from 10.0.11.0/24 dport 1-5"
run rule move 1 20
expect change_move 0 'rule 20 moved: drop tcp from 10.0.1.0/24 dport 1 label "1"' ''
same move "$(line 1)d; $(line 20)a drop tcp from 10.0.1.0/24 dport 1 label \"1\""
run block udp sport 53,123
expect change_block 0 'drop udp sport 53,123: now the first rule' ''
same block "$(line 1)i drop udp sport 53,123"
run block udp sport 53,123
expect change_block_again 0 '*the rule exists already; nothing changed' ''
run rule insert 1 pass tcp dport 22
expect change_insert_first 0 'rule 1 added: pass tcp dport 22' ''
run block udp sport 53,123
expect change_block_what_is_no_longer_first 0 '*: now the first rule' ''
run unblock udp sport 53,123
expect change_unblock 0 '*: rule deleted' ''
run rule delete 1
expect change_delete_first 0 'rule 1 deleted: pass tcp dport 22' ''
same unblock "$(line 1)d"

# Warnings about a new rule are found without reading all others.
run rule add drop tcp from 10.0.200.0/25 dport 200
expect change_of_a_covered_rule_warns 0 '*' \
	'*rule 1502: *no packet reaches this rule: rule 199 decides all that it matches*'
run rule delete 1502
expect change_delete_last 0 '*' ''
run rule insert 5 drop tcp from 10.0.0.0/20 dport 300
expect change_that_covers_no_rule_says_nothing 0 '*' ''
run rule replace 5 drop tcp from 10.1.44.0/22 dport 1-400
expect change_of_a_covering_rule_warns 0 '*' \
	'*rule 301: *no packet reaches this rule: rule 5 decides all that it matches*'
run rule delete 5
expect change_delete_the_covering_rule 0 '*' ''
run rule add drop on nosuch tcp
expect change_of_an_unknown_interface_warns 0 '*' '*rule 1502 names interface nosuch*'
run rule add drop tcp dport 99999
expect change_refused 1 '' '*99999*'
run rule add drop from @nosuch
expect change_of_an_unknown_set 1 '' '*nosuch*'
run rule delete 1502
same warnings ''

# Rolled back and forth.
run rollback
expect change_rollback 0 '*in force again, with its counters*' ''
run rules
expect change_rollback_has_the_rule_again 0 '*drop on nosuch tcp*' ''
run rollback
expect change_rollback_again 0 '*' ''
same rollback ''
run rollback --list
expect change_history 0 '*rule delete 1502*rule add drop on nosuch tcp*' ''

# The map for a large image is made while it is compiled, from the second time on.
ruleset 10000 >large.rules
for round in first second; do
	run apply large.rules
	expect "change_apply_large_$round" 0 '*10000 rules, 1 set, *a packet takes at most about *' ''
	run --json apply large.rules
	expect "change_apply_large_${round}_json" 0 '*"worst_ns": *[1-9]*' ''
	run apply all.rules
	expect "change_apply_small_$round" 0 '*in force*' '*'
done
