#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The commands that change and show a running filter, on a veth pair, in a network namespace and a
# BPF file system of the test's own, which go when the test ends, however it ends.
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

cat >web.rules <<'END'
default drop
set admins { 192.0.2.0/24, 192.0.2.128/25, 2001:db8::/32 }
pass tcp from @admins dport 22
drop tcp dport 23 label "telnet"
count icmp
END
cat >bad.rules <<'END'
pass tcp
pass tcp dport 99999
END

run status
expect live_status_without_attachment 0 'not attached to any interface here' ''
run status --json
expect_json live_status_without_attachment_as_json 0 'it' "{'interfaces': [], 'strangers': []}"
for command in rules counters "counters reset" "set list" flush save "apply web.rules" \
	"block 192.0.2.1" "rule add drop tcp"; do
	run $command
	expect "live_not_attached_$(echo "$command" | tr ' ' _)" 1 '' \
		'*not attached to anything here*'
done
run apply bad.rules
expect live_rules_are_read_before_the_kernel_is_asked 1 '' '*bad.rules:2:16: *'

run attach veth0 nosuch
expect live_attach_all_or_none 1 '' '*nosuch: *no such interface*'
run status
expect live_nothing_attached_after_a_failure 0 'not attached to any interface here' ''
run attach veth0 veth1 --mode native
expect live_attach 0 'veth0: attached, native XDP
veth1: attached, native XDP' ''
run attach veth0
expect live_attach_again 0 'veth0: already attached, native XDP' ''
run attach veth0 --mode tc
expect live_attach_in_another_mode 1 '' '*veth0: *detach veth0*'
run rules
expect live_first_ruleset_is_empty 0 'default pass, default out pass, default invalid drop
no rules' ''

run block 203.0.113.7
expect live_block_address 0 '203.0.113.7: blocked, added to @blocked' ''
run block 203.0.113.7
expect live_block_address_again 0 '*already in @blocked; nothing changed' ''
run block 2001:db8::1/128 --json
expect_json live_block_address_of_full_length 0 'it["what"], it["changed"]' "('2001:db8::1', True)"
run block 10.0.0.0/8
expect live_block_prefix 0 'drop from 10.0.0.0/8: now the first rule' ''
run block udp sport 53,123
expect live_block_conditions 0 'drop udp sport 53,123: now the first rule' ''
run block 10.0.0.0/8
expect live_block_prefix_again 0 '*the rule exists already; nothing changed' ''
for verb in block allow count; do
	run $verb ::ffff:198.51.100.1
	expect live_${verb}_ipv4_written_as_ipv6 1 '' '*write 198.51.100.1*'
done
run block 10.0.0.1/8
expect live_block_prefix_with_host_bits 1 '' '*host bits*10.0.0.0/8*'
run block tcp dpart 23
expect live_block_bad_conditions 1 '' "*'dpart'*did you mean 'dport'?"
run set list blocked
expect live_blocked_addresses 0 '203.0.113.7
2001:db8::1' ''
run allow 203.0.113.7
expect live_allow 0 'pass from 203.0.113.7: now the first rule; address removed from @blocked' ''
run block 10.0.0.0/8
expect live_block_moves_before_a_pass_rule 0 'drop from 10.0.0.0/8: now the first rule' ''
run count tcp flags syn/syn,ack
expect live_count 0 'count tcp flags syn/syn,ack: now the first rule' ''
run rules --json
expect_json live_rules_in_order 0 '[r["text"] for r in it["rules"]]' \
	"['count tcp flags syn/syn,ack', 'drop from 10.0.0.0/8', 'pass from 203.0.113.7', 'drop udp sport 53,123']"
run unblock 10.0.0.0/8
expect live_unblock_prefix 0 'drop from 10.0.0.0/8: rule deleted' ''
run unblock udp sport 123,53
expect live_unblock_conditions_however_written 0 'drop udp sport 53,123: rule deleted' ''
run unblock 2001:db8::1
expect live_unblock_address 0 '2001:db8::1: unblocked' ''
run unblock 2001:db8::1
expect live_unblock_what_is_not_blocked 0 '*2001:db8::1: not blocked: *' ''

run flush
expect live_flush 0 '2 rules deleted, all valid packets pass' ''
run rule add drop tcp dport 1
expect live_rule_add 0 'rule 1 added: drop tcp dport 1' ''
run rule add 'drop tcp dport 3 label "three"'
expect live_rule_add_in_quotes 0 'rule 2 added: drop tcp dport 3 label "three"' ''
run rule insert 2 drop tcp dport 2
expect live_rule_insert 0 'rule 2 added: drop tcp dport 2' ''
run rule insert 5 drop tcp dport 5
expect live_rule_insert_behind_the_end 1 '' '*no rule 5; give a number from 1 to 4'
run rule move 1 3
expect live_rule_move 0 'rule 3 moved: drop tcp dport 1' ''
run rule replace 2 count udp
expect live_rule_replace 0 'rule 2 replaced: count udp' ''
run rule delete 1
expect live_rule_delete 0 'rule 1 deleted: drop tcp dport 2' ''
run rule delete 3
expect live_rule_delete_what_is_not_there 1 '' '*no rule 3; give a number from 1 to 2'
run rule delete two
expect live_rule_delete_by_no_number 2 '' "*'two' is not a rule number*"
run rule add drop from 192.0.2.1 to ::1
expect live_rule_that_never_matches 1 '' '*rule:1:*never match*'
run rule add drop on eth7 udp
expect live_rule_on_what_is_not_attached 0 'rule 3 added: drop on eth7 udp' \
	'*warning: rule 3 names interface eth7, which is not attached*'
run rules --json
expect_json live_rules_after_changes 0 '[r["text"] for r in it["rules"]]' \
	"['count udp', 'drop tcp dport 1', 'drop on eth7 udp']"

run rule insert 2 drop tcp
expect live_rule_that_covers_another 0 'rule 2 added: drop tcp' '*rule 3: warning: *rule 2 *'
run rule delete 2

run diff web.rules
expect live_diff 1 '-default pass
+default drop
+set admins: 3 prefixes added, 0 removed
-rule 1: count udp
-rule 2: drop tcp dport 1
-rule 3: drop on eth7 udp
+rule 1: pass tcp from @admins dport 22
+rule 2: drop tcp dport 23 label "telnet"
+rule 3: count icmp' ''
run apply bad.rules
expect live_apply_of_a_bad_file 1 '' '*bad.rules:2:16: *'
run rules --json
expect_json live_bad_file_changed_nothing 0 'len(it["rules"])' 3
run apply web.rules
expect live_apply 0 '*web.rules: in force: 3 rules, 1 set, * bytes, a packet takes at most about [1-9]* ns' ''
run diff web.rules
expect live_diff_of_what_is_in_force 0 '' ''
sed 's/192.0.2.128.25, //; s/@admins/any/; 3i drop udp' web.rules >changed.rules
run diff changed.rules --json
expect_json live_diff_as_json 1 \
	'it["same"], it["sets"], [(r["change"], r["index"]) for r in it["rules"]]' \
	"(False, [{'name': 'admins', 'change': 'changed', 'added': 0, 'removed': 1}], [('removed', 1), ('added', 1), ('added', 2)])"
run save
cp out saved
expect live_save_is_the_ruleset 0 "*default drop*set admins {*192.0.2.0/24*label \"telnet\"
count icmp" ''
run diff saved
expect live_saved_ruleset_is_the_same 0 '' ''
echo old >kept.rules
ln -s kept.rules link.rules
run save link.rules
expect live_save_to_a_file 0 'link.rules: saved' ''
cmp -s kept.rules saved && [ -L link.rules ] && ok live_save_follows_a_link ||
	not_ok live_save_follows_a_link "$(ls -l kept.rules link.rules)"
run save missing/file
expect live_save_where_no_folder_is 1 '' '*missing/file: cannot be written: *No such file*'
run save /dev/null
expect live_save_replaces_no_device 1 '' '*/dev/null: is not a file*'
[ -c /dev/null ] && ok live_dev_null_is_still_there || not_ok live_dev_null_is_still_there gone
[ "$(echo *.rules.*)" = '*.rules.*' ] && ok live_save_leaves_no_pieces ||
	not_ok live_save_leaves_no_pieces "$(echo *.rules.*)"

run set list --json
expect_json live_set_list 0 '[(s["name"], s["prefixes"]) for s in it["sets"]]' \
	"[('admins', 3), ('blocked', 0)]"
run set list @admins
expect live_set_list_of_one 0 '192.0.2.0/24
192.0.2.128/25
2001:db8::/32' ''
run set test admins 192.0.2.129
expect live_set_test_names_the_longest_prefix 0 '192.0.2.129 is in @admins by 192.0.2.128/25' ''
run set test @admins 192.0.2.127
expect live_set_test 0 '192.0.2.127 is in @admins by 192.0.2.0/24' ''
run set test admins 192.0.3.0
expect live_set_test_of_an_address_outside 1 '192.0.3.0 is not in @admins' ''
run set test admins 2001:db8:ffff::
expect live_set_test_of_ipv6 0 '2001:db8:ffff:: is in @admins by 2001:db8::/32' ''
run set test admins 192.0.2.0/24
expect live_set_test_of_a_prefix 2 '' '*not a single address*'
run set test nobody 192.0.2.1
expect live_set_test_of_no_set 2 '' '*no set @nobody*'
run block 192.0.2.9
run set test blocked 192.0.2.9 --json
expect_json live_set_test_of_blocked 0 'it["in"], it["prefix"]' "(True, '192.0.2.9')"

run counters reset
expect live_counters_reset 0 'counters reset' ''
run counters --json
expect_json live_counters 0 'sorted(it)' \
	"['blocked', 'default', 'default_out', 'exempt', 'invalid', 'non_ip', 'over', 'rules']"
run flush --json
expect_json live_flush_keeps_blocked_addresses 0 'it' "{'deleted': 3, 'blocked': 1}"
run status --json
expect_json live_status 0 \
	'sorted((i["name"], i["hook"], i["mode"], i["attached"], i["problem"]) for i in it["interfaces"])' \
	"[('veth0', 'xdp', 'native', True, ''), ('veth1', 'xdp', 'native', True, '')]"
expect_json live_status_of_the_rest 0 'it["ruleset"]["rules"], it["blocked"]' '(0, 1)'

run detach veth0 eth7
expect live_detach_all_or_none 1 '' '*eth7: *not attached*'
run detach veth0
expect live_detach 0 'veth0: detached' ''
run detach --all
expect live_detach_of_the_last 0 '*veth1: detached
that was the last one: netguard is removed from the kernel here' ''
[ -z "$(ls /sys/fs/bpf/netguard 2>/dev/null)" ] && ok live_no_pin_is_left ||
	not_ok live_no_pin_is_left "$(find /sys/fs/bpf/netguard)"
finish
