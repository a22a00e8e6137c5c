#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What block, unblock, allow and count accept; commands that find nothing to do; exit statuses of
# questions; -q; commands in hints with -n.
# With its own process 1, whose BPF file system is used.
namespaces="--pid --fork --kill-child --mount-proc"
. "$(dirname "$0")/command_world.sh"
mount -t tmpfs run /run || exit 1
wire veth0 veth1

# nothing NAME ARGUMENT...: is refused as WHAT, and leaves the filter as it is
nothing() {
	name=$1
	shift
	run "$@"
	expect "$name" 2 '' "*$1: an address or condition is missing; for all packets, write: $1 from any"
	"$netguard" rules --json >out
	status=$?
	expect_json "${name}_changes_nothing" 0 'len(it["rules"])' 0
}

"$netguard" attach veth0 >out || exit 1
nothing answers_block_for_a_time_only block for 5s
nothing answers_block_a_remark block '# nothing'
nothing answers_block_a_direction block in
nothing answers_block_a_label block label '"nothing"'
nothing answers_block_until block until 2099-01-01T00:00:00Z
nothing answers_allow_log allow log
nothing answers_count_a_remark count '#'
nothing answers_unblock_a_direction unblock out
IP=
run block "$IP" for 5s
expect answers_block_an_unset_variable 2 '' '*block: an argument is empty*'
run block from any for 1h
expect answers_block_from_any 0 '*drop from any until *: now the first rule*' ''
run unblock from any
run block on veth0
expect answers_block_an_interface 0 '*drop on veth0: now the first rule*' ''
run unblock on veth0
expect answers_unblock_a_rule 0 'drop on veth0: rule deleted' ''

# ---- `for` that is missing -----------------------------------------------------------------

run block 192.0.2.1 10m
expect answers_block_without_for 1 '' \
	"netguard: 'for' is missing before the duration '10m'; write: 192.0.2.1 for 10m"
run set add blocked 192.0.2.1 192.0.2.2 10m
expect answers_set_add_without_for 2 '' "*'for' is missing before the duration '10m'*"
echo '192.0.2.1 10m' | "$netguard" set add blocked - >out 2>err
status=$?
expect answers_set_add_of_a_line_without_for 1 '*1 failed' \
	"*standard input:1: 'for' is missing before the duration '10m'*"
run set list blocked
expect answers_nothing_was_blocked 0 '' ''

run block ' 192.0.2.77 '
expect answers_block_between_blanks 0 '192.0.2.77: blocked, added to @blocked' ''
run unblock '	192.0.2.77'
expect answers_unblock_between_blanks 0 '192.0.2.77: unblocked' ''
run block 192.0.2.1 for 10 m
expect answers_block_an_address_and_more 2 '' "*block: unexpected 'for 10 m' after the address 192.0.2.1; *"
run unblock 192.0.2.1 192.0.2.2
expect answers_unblock_two_addresses 2 '' "*unblock: unexpected '192.0.2.2' after the address 192.0.2.1; \
for several addresses write from '{ 192.0.2.1, 192.0.2.2 }'*"
for word in all any '*'; do
	run block "$word"
	expect "answers_block_$word" 2 '' '*for all packets, write: block from any'
done
run count tcp 22
expect answers_place_in_the_words 1 '' "*netguard: count:1:5: '22' is not a condition*"
run rollback 0
expect answers_rollback_of_no_ruleset 1 '' \
	'*there is no ruleset 0; netguard rollback --list lists them'
run rollback foo
expect answers_rollback_by_no_number 2 '' "*'foo' is not a ruleset number*"

# ---- what is done already ------------------------------------------------------------------

run unblock 192.0.2.1
expect answers_unblock_of_no_address 0 \
	'192.0.2.1: not blocked: not in @blocked, and no rule drops exactly this' ''
run unblock 192.0.2.0/24 --json
expect_json answers_unblock_of_no_prefix 0 'it["what"], it["changed"]' "('192.0.2.0/24', False)"
run unblock tcp dport 22
expect answers_unblock_of_no_rule 0 \
	'drop tcp dport 22: not blocked: no such rule; nothing changed' ''
run unblock 192.0.2.256
expect answers_unblock_of_no_address_at_all 1 '' '*192.0.2.256*'

# ---- questions -----------------------------------------------------------------------------

"$netguard" block 192.0.2.9 >out || exit 1
run set test blocked 192.0.2.9
expect answers_set_test_yes 0 '*' ''
run set test blocked 192.0.2.8
expect answers_set_test_no 1 '192.0.2.8 is not in @blocked' ''
run set test nosuch 192.0.2.8
expect answers_set_test_of_no_set 2 '' '*there is no set @nosuch*'
run set test blocked 192.0.2.0/24
expect answers_set_test_of_no_address 2 '' '*not a single address*'
run set test blocked
expect answers_set_test_called_wrongly 2 '' '*argument is missing*'
"$netguard" set test blocked 192.0.2.9 >/dev/full 2>err
status=$?
: >out
expect answers_set_test_that_cannot_answer 2 '' '*cannot write the output*'
run set test -q blocked 192.0.2.9
expect answers_set_test_yes_quietly 0 '' ''
run set test -q blocked 192.0.2.8
expect answers_set_test_no_quietly 1 '' ''

echo 'drop tcp dport 23' >some.rules
echo "default pass" >none.rules
echo 'drop tpc' >wrong.rules
run diff none.rules
expect answers_diff_same 0 '*' ''
run diff some.rules
expect answers_diff_other 1 '*rule 1: drop tcp dport 23' ''
run diff -q some.rules
expect answers_diff_other_quietly 1 '' ''
run diff wrong.rules
expect answers_diff_of_an_error 2 '' '*wrong.rules:1:6: *'
run explain tcp from 192.0.2.8
expect answers_explain_passes 0 '*pass*' ''
run explain tcp from 192.0.2.9
expect answers_explain_drops 1 '*drop*' ''
run explain -q tcp from 192.0.2.9
expect answers_explain_drops_quietly 1 '' ''
run explain --capture nosuch.pcap 1
expect answers_explain_of_no_capture 2 '' '*nosuch.pcap*'

# ---- -q ------------------------------------------------------------------------------------

run block -q 192.0.2.10
expect answers_quiet_block 0 '' ''
run -q apply some.rules --confirm 1m
expect answers_quiet_apply 0 '' ''
run confirm -q
expect answers_quiet_confirm 0 '' ''
run rules -q
expect answers_quiet_rules 0 '*drop tcp dport 23*' ''
run save -q
expect answers_quiet_save 0 '*drop tcp dport 23*' ''
run save -q saved.rules
expect answers_quiet_save_to_a_file 0 '' ''
run check -q some.rules
expect answers_quiet_check 0 '' ''
run check -q wrong.rules
expect answers_quiet_error 1 '' '*wrong.rules:1:6: *'
run rule add -q drop on veth9
expect answers_quiet_warning 0 '' '*names interface veth9, which is not attached*'
run rollback --list -q
expect answers_quiet_list 2 '' '*--list and -q exclude each other*'

# ---- the history ---------------------------------------------------------------------------

printf 'set feed {}\ndrop from @feed\n' >feed.rules
"$netguard" apply feed.rules >out || exit 1
# history: the commands in it, the newest first
history() {
	"$netguard" rollback --list --json >list
	/usr/bin/python3 -c 'import json
print(", ".join(r["command"] for r in json.load(open("list"))["rulesets"]))'
}
before=$(history)
for n in 1 2 3 4 5 6 7 8 9; do
	echo "192.0.2.$n" | "$netguard" set load feed - && "$netguard" block 10.$n.0.0/16 &&
		"$netguard" unblock 10.$n.0.0/16 && "$netguard" allow 10.$n.0.0/16 &&
		"$netguard" count udp dport $n || exit 1
done >out
history >out
status=0
: >err
expect answers_scripts_take_no_place_in_the_history 0 \
	"count udp dport 9, allow 10.9.0.0/16, $before" ''
"$netguard" rollback >out
"$netguard" rules --json >out
expect_json answers_what_a_script_did_can_be_undone 0 'it["rules"][0]["text"]' \
	'pass from 10.9.0.0/16'
"$netguard" apply feed.rules >out && "$netguard" apply feed.rules >out || exit 1
history >out
expect answers_the_same_again_takes_no_place 0 "apply feed.rules, apply feed.rules, $before" ''
"$netguard" block 10.0.0.0/8 --confirm 1m >out && "$netguard" confirm >out
"$netguard" flush >out && history >out
expect answers_who_confirms_takes_a_place 0 "flush, block 10.0.0.0/8, $before" ''
"$netguard" apply some.rules >out

# ---- hints ---------------------------------------------------------------------------------

ip netns add blue && ip -n blue link add veth0 type veth peer name veth1 || exit 1
run -n blue rules
expect answers_hint_where_nothing_is_attached 1 '' '*; netguard -n blue attach IFACE'
run rules
expect answers_hint_of_this_namespace 0 '*' ''
run -n blue attach nosuch
expect answers_hint_of_another_command 1 '' '*; `ip netns exec blue ip link` lists those of this *'
"$netguard" -n blue attach veth0 >out || exit 1
run -n blue set list nosuch
expect answers_hint_of_a_set 1 '' '*; netguard -n blue set list lists them'
run -n blue rule add drop on veth1
expect answers_hint_of_a_warning 0 '*' '*; netguard -n blue attach veth1'
run -n blue apply some.rules --confirm 1m
expect answers_hint_of_confirm 0 '*unless confirmed: netguard -n blue confirm' ''
run -n blue flush
expect answers_hint_of_what_waits 1 '' '*; netguard -n blue confirm or netguard -n blue rollback first*'
run -n blue status
expect answers_hint_of_status 0 '*netguard -n blue confirm, or netguard -n blue rollback*' ''
ip -n blue link set veth0 name veth7
run -n blue status --json
expect_json answers_repair_of_status 0 'it["interfaces"][0]["repair"]' 'netguard -n blue attach veth7'
"$netguard" -n blue detach --all >out

# ---- a BPF file system that is mounted read-only -------------------------------------------

mount -o remount,ro /sys/fs/bpf || exit 1
for command in 'block 192.0.2.1' 'rule add drop tcp' 'attach veth1' rules; do
	run $command
	expect "answers_read_only_$(echo "$command" | cut -d ' ' -f 1)" 1 '' "*: /sys/fs/bpf: \
cannot open the state: the BPF file system is mounted read-only; mount -o remount,rw /sys/fs/bpf"
done
run doctor veth1
expect answers_read_only_doctor 1 '*BPF file system: mounted read-only; mount -o remount,rw /sys/fs/bpf*' ''
mount -o remount,rw /sys/fs/bpf || exit 1

# ---- the end -------------------------------------------------------------------------------

run attach veth1 veth1
expect answers_attach_twice 2 '' "*'veth1' is given twice*"
if ip link property add dev veth1 altname other 2>err; then
	run attach veth1 other
	expect answers_attach_by_two_names 2 '' "*'veth1' and 'other' are the same interface*"
fi
run detach --all
expect answers_detach 0 '*that was the last one*' ''
mount -o remount,ro /sys/fs/bpf
run attach veth0
expect answers_read_only_first_attach 1 '' "*/sys/fs/bpf: \
cannot create a folder for the state: the BPF file system is mounted read-only; mount -o remount,rw*"
mount -o remount,rw /sys/fs/bpf
run detach --all
expect answers_detach_of_nothing 0 \
	'netguard is not attached here: nothing to detach' ''
run detach --all --json
expect_json answers_detach_of_nothing_as_json 0 'it["detached"], it["remaining"]' '([], 0)'

# ---- attachments ---------------------------------------------------------------------------

run attach veth0 --mode generic --json
expect_json answers_attach_as_json 0 \
	'[(i["name"], i["hook"], i["mode"], i["already"], i["repaired"]) for i in it["attached"]]' \
	"[('veth0', 'xdp', 'generic', False, False)]"
run attach veth0 --json
expect_json answers_attach_again_as_json 0 \
	'[(i["mode"], i["already"]) for i in it["attached"]]' "[('generic', True)]"
"$netguard" attach veth1 --confirm 1m >out
run rollback
expect answers_rollback_of_an_attachment 0 'the unconfirmed attachment is detached' ''
"$netguard" attach veth1 --confirm 1m >out
run rollback --json
expect_json answers_rollback_of_an_attachment_as_json 0 'it' '{}'
"$netguard" detach --all >out && "$netguard" attach veth0 --confirm 1m >out
run rollback
expect answers_rollback_of_the_last_attachment 0 \
	'the unconfirmed attachment is detached; netguard is no longer attached' ''

# A program that lost its hook, and its successor in the next generation, which is only pinned.
"$netguard" attach veth0 veth1 >out && ip link set dev veth0 xdp off &&
	"$netguard" upgrade >out || exit 1
run status
expect answers_upgrade_of_a_program_without_a_hook 1 \
	'*veth0: native XDP: the program was removed from the interface*' ''
run attach veth0
expect answers_attach_after_that 0 'veth0: attached again, native XDP' ''

# Without the pin of its configuration, which older versions did not make.
rm /sys/fs/bpf/netguard/*/gen-*/*-xdp-config || exit 1
run status --json
expect_json answers_status_without_pins_of_configurations 0 \
	'sorted((i["name"], i["attached"]) for i in it["interfaces"])' \
	"[('veth0', True), ('veth1', True)]"
"$netguard" detach veth0 >out

rm /sys/fs/bpf/netguard/*/gen-*/counters || exit 1
run status
expect answers_pins_are_missing 1 '' '*/sys/fs/bpf/netguard/*: pins are missing here; try again*'
run flush
expect answers_pins_are_missing_under_the_lock 1 '' '*: pins are missing here; try again*'
rm -r /sys/fs/bpf/netguard && ip link set dev veth1 xdp off

run detach veth0
expect answers_detach_of_what_is_not_attached 1 '' '*not attached*'
run diff some.rules
expect answers_diff_not_attached 2 '' '*not attached to anything here*'
run explain tcp
expect answers_explain_not_attached 2 '' '*not attached to anything here*'
finish
