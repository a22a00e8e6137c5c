#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `netguard save`: its output, applied again or after a first attach, is the same ruleset; and
# `netguard attach --rules`.
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

# same NAME: the ruleset in force, saved, is that of one.rules
same() {
	run save
	cmp -s one.rules out && ok "$1" || not_ok "$1" "$(diff one.rules out | head -n 5)"
}

mkdir lists
printf '# remark\n192.0.2.0/25\r\n192.0.2.128/25 ; both\n198.51.100.7\n2001:db8::1\n' >lists/feed
cat >whole.rules <<'END'
default drop
default out drop
default invalid pass
set feed file "lists/feed"
set admins { 10.0.0.0/8, 10.1.0.0/16, 2001:db8::/32 }   # a remark
set empty {}
include "part.rules"
pass tcp dport 22 until 2099-01-01T00:00:00Z
drop in on veth0 udp sport 53,123 length 512-65535 \
	label "many words; # and marks ü"
pass from @admins to not @empty
pass out to { 203.0.113.0/24, 2001:db8:1::/48 } tcp flags syn/syn,ack
count icmp icmp-type 3/4,8
drop from @blocked
END
echo 'drop from @feed vlan 5,7-9' >part.rules

run attach veth1 --rules whole.rules
expect attach_with_rules 0 '*veth1: attached*' ''
run save one.rules
expect save_says_so 0 'one.rules: saved' ''
rm -r lists part.rules
run diff one.rules
expect save_differs_in_nothing 0 '*' '*'
run apply one.rules
expect save_stands_alone 0 '*in force: 7 rules, 3 sets*' '*'
same save_and_apply_change_nothing

# When nothing is attached.
run detach --all
run attach veth1 --rules one.rules
expect save_is_enough_for_an_empty_machine 0 '*' ''
same save_of_an_empty_machine_is_the_same
run set test feed 198.51.100.7
expect save_keeps_what_sets_hold 0 '*' ''

# Sets that were loaded, and later changes.
printf '172.16.0.0/12\n192.168.0.0/16\n' >list
run set load admins list
run rule add count udp
run save one.rules
rm list
run flush
run apply one.rules
same save_keeps_what_set_load_brought
run set test admins 192.168.1.1
expect save_keeps_prefixes_of_set_load 0 '*' ''

# Live entries, which are not part of a ruleset.
run block 203.0.113.7 for 10m
run set add feed 203.0.113.8
run save one.rules
expect save_counts_live_entries 0 \
	'one.rules: saved, without 2 live entries of sets; see `netguard set list`' ''
run save one.rules --json
expect_json save_counts_live_entries_as_json 0 it "{'file': 'one.rules', 'live': 2}"
run set list blocked
mv out bans
run detach --all
run attach veth1 --rules one.rules
run set test feed 203.0.113.8
expect save_leaves_live_entries_out 1 '*' '*'
"$netguard" set add blocked - <bans >out 2>err
run set list blocked
expect save_of_bans_by_set_list 0 '*203.0.113.7 for *' ''

# The empty ruleset.
run flush
run save one.rules
run apply one.rules
same save_of_the_empty_ruleset

run attach veth0 --rules one.rules
expect attach_with_rules_is_for_the_first 1 '' \
	'*ruleset is in force; netguard apply one.rules, then*'
run status --json
expect_json attach_with_rules_refused_changes_nothing 0 \
	'[i["name"] for i in it["interfaces"]]' "['veth1']"
run detach --all
run attach veth0 --rules missing.rules
expect attach_with_missing_rules 1 '' '*missing.rules: cannot open: *'
run attach veth0 nobody0 --rules one.rules
expect attach_with_rules_is_all_or_none 1 '' '*nobody0: there is no such interface*'
run rules
expect attach_that_failed_leaves_no_ruleset 1 '' '*not attached to anything here*'
[ ! -e /sys/fs/bpf/netguard ] && ok attach_that_failed_leaves_no_pins ||
	not_ok attach_that_failed_leaves_no_pins "$(find /sys/fs/bpf/netguard)"
finish
