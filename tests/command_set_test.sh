#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Commands for live entries: block for a time, set add, delete, flush, list, test, and streams, in a
# network namespace and with a BPF file system of the test's own.
# With its own process 1, whose BPF file system is used.
namespaces="--pid --fork --kill-child --mount-proc"
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

cat >web.rules <<'END'
set admins { 192.0.2.0/24 }
set idle {}
pass from @admins
END
cat >other.rules <<'END'
drop tcp dport 23
END

run set add admins 192.0.2.1
expect set_add_not_attached 1 '' '*not attached to anything here*'
"$netguard" attach veth0 >out || exit 1
run set add admins 198.51.100.1
expect set_add_to_no_set 1 '' '*no set @admins in the ruleset in force*set list*'
echo 198.51.100.1 | "$netguard" set add admins - >out 2>err
status=$?
expect set_add_of_a_stream_to_no_set 1 '' '*no set @admins in the ruleset in force*'
run apply web.rules

run set add admins 198.51.100.1
expect set_add 0 '198.51.100.1: added to @admins for good' ''
run set add @admins 198.51.100.1
expect set_add_again 0 '198.51.100.1: already in @admins; nothing changed' ''
run set add admins 198.51.100.1 2001:db8::/32 for 1h30m
expect set_add_again_for_a_time 0 '198.51.100.1: already in @admins; from now for 1h30m
2001:db8::/32: added to @admins for 1h30m' ''
run set add idle 198.51.100.1
expect set_add_to_a_set_that_no_rule_names 0 '*added to @idle for good' ''
run set add admins 198.51.100.2 198.51.100.256 198.51.100.3
expect set_add_does_what_can_be_done 1 '198.51.100.2: added to @admins for good
198.51.100.3: added to @admins for good' "*'198.51.100.256' is not an address*"
run set add admins 198.51.100.1/24
expect set_add_with_host_bits 1 '' '*host bits*198.51.100.0/24*'
run set add admins 198.51.100.4 for 10
expect set_add_without_a_unit 1 '' '*not a duration; write a unit: 10s*'
run set add admins 198.51.100.4 for
expect set_add_without_a_time 2 '' '*missing after*for 10m*'
run set add admins for 10m
expect set_add_without_an_address 2 '' '*address is missing*'
run set add admins
expect set_add_without_anything 2 '' '*argument is missing*'

run set list --json
expect_json set_list 0 '[(s["name"], s["prefixes"], s["live"]) for s in it["sets"]]' \
	"[('admins', 1, 4), ('idle', 0, 1), ('blocked', 0, 0)]"
run set list admins
sed -i 's/ for 1h[0-9]*m*[0-9]*s* / for 1h30m /' out # however long it took until now
expect set_list_of_one 0 '192.0.2.0/24
198.51.100.1 for 1h30m # live
198.51.100.2 # live
198.51.100.3 # live
2001:db8::/32 for 1h30m # live' ''
run set list admins --json
expect_json set_list_of_one_as_json 0 \
	'it["prefixes"], [(e["prefix"], e["for_good"], e.get("left", 0) > 5300) for e in it["live"]][1:]' \
	"(['192.0.2.0/24'], [('198.51.100.2', True, False), ('198.51.100.3', True, False), ('2001:db8::/32', False, True)])"
run set test admins 2001:db8::7
expect set_test_of_a_live_prefix 0 '*2001:db8::7 is in @admins by 2001:db8::/32, live for another 1h*' ''
run set test admins 198.51.100.2 --json
expect_json set_test_of_a_live_entry 0 'it["in"], it["prefix"], it["live"]["for_good"]' \
	"(True, '198.51.100.2', True)"
run set add admins 192.0.2.7
run set test admins 192.0.2.7
expect set_test_names_both 0 '192.0.2.7 is in @admins by 192.0.2.0/24
192.0.2.7 is in @admins by 192.0.2.7, live for good' ''

run set delete admins 192.0.2.7
expect set_delete 0 '192.0.2.7: deleted from @admins' ''
run set delete admins 192.0.2.7
expect set_delete_of_what_the_ruleset_holds 1 '' \
	'*192.0.2.7 is not a live entry of @admins: the ruleset declares it, by 192.0.2.0/24; *'
run set delete admins 203.0.113.1 198.51.100.2
expect set_delete_of_what_is_not_there 1 '198.51.100.2: deleted from @admins' \
	'*203.0.113.1 is not a live entry of @admins'
run set delete admins 198.51.100.3 --json
expect_json set_delete_as_json 0 'it["action"], it["set"], it["deleted"], it["failed"]' \
	"('delete', 'admins', 1, 0)"
run set delete admins 198.51.100.1 for 10m
expect set_delete_for_a_time 2 '' "*'for' is only for set add*"

run set add blocked 203.0.113.1 for 1s
run block 203.0.113.2 for 1s
expect set_block_for_a_time 0 '203.0.113.2: blocked for 1s, added to @blocked' ''
run block 203.0.113.3 for 2h --json
expect_json set_block_for_a_time_as_json 0 'it["changed"], it["until"][-1]' "(True, 'Z')"
run block 203.0.113.3
expect set_block_for_good 0 '203.0.113.3: already in @blocked; from now for good' ''
run block 10.0.0.0/8 for 1h
expect set_block_prefix_for_a_time 0 '10.0.0.0/8: blocked for 1h, added to @blocked' ''
sleep 1.1
run set list blocked
expect set_list_without_what_expired 0 '*10.0.0.0/8 for *
203.0.113.3' ''
run status --json
expect_json set_status_without_what_expired 0 'it["blocked"]' 2
run unblock 203.0.113.2
expect set_unblock_of_what_expired 0 '*not blocked: not in @blocked*' ''
run unblock 10.0.0.0/8
expect set_unblock_prefix 0 '10.0.0.0/8: unblocked' ''

run block udp dport 53 for 1h
expect set_block_conditions_for_a_time 0 '*drop udp dport 53 until 20*Z: now the first rule' ''
run block udp dport 53 for 2h
expect set_block_conditions_again 0 '*drop udp dport 53 until 20*Z: now the first rule' ''
run rules --json
expect_json set_timed_rules 0 '[(r["text"][:19], r["until"][-1], r["expired"]) for r in it["rules"][:-1]]' \
	"[('drop udp dport 53 u', 'Z', False)]"
run block udp dport 53 until 2036-01-01T00:00:00Z for 1h
expect set_block_until_and_for 2 '' '*`until` and `for` exclude each other*'
run unblock udp dport 53
expect set_unblock_of_a_timed_rule 0 'drop udp dport 53: rule deleted' ''
run rule add drop tcp until 2020-01-01T00:00:00Z
expect set_rule_that_expired 0 '*rule 2 added: *' '*warning: the rule expired at 2020-01-01T00:00:00Z*'
run rules
expect set_rules_shows_what_expired 0 '*expired: drop tcp until 2020-01-01T00:00:00Z' ''

printf '%s\r\n' 203.0.113.10 '203.0.113.11 for 1h' '# a remark' '' 'x.y.z' '  2001:db8:1::/48 # bad' \
	203.0.113.3 203.0.113.10 '203.0.113.12 for 5' >stream
printf 203.0.113.13 >>stream
"$netguard" set add blocked - for 2d <stream >out 2>err
status=$?
expect set_add_of_a_stream 1 '@blocked: 4 added, 2 changed, 0 unchanged, 2 failed' \
	"*standard input:5: 'x.y.z' is not an address*
standard input:9: '5' is not a duration*"
run set list blocked
expect set_list_after_a_stream 0 '203.0.113.3 for 2d
203.0.113.10 for 2d
203.0.113.11 for 1h
203.0.113.13 for 2d
2001:db8:1::/48 for 2d' ''
cp out listed
run set flush blocked
expect set_flush 0 '@blocked: 5 live entries deleted' ''
"$netguard" set add blocked - <listed >out 2>err
status=$?
expect set_list_can_be_read_back 0 '@blocked: 5 added, 0 changed, 0 unchanged, 0 failed' ''

# Streams and files are read by the same code: set add accepts and refuses what set load does.
cat >publisher <<'END'
; Spamhaus, DShield and others
network,country
198.18.1.0/24 ; SBL1
198.18.2.1	7
198.18.3.0	198.18.3.255	24	17	EXAMPLE
198.18.4.4 - 198.18.4.5 , 100
198.18.5.9/24,NL
198.18.6.1 - known scanner
END
"$netguard" set flush blocked >out
"$netguard" set add blocked - <publisher >out 2>err
status=$?
expect set_add_takes_what_publishers_write 0 \
	'@blocked: 6 added, 0 changed, 0 unchanged, 0 failed' \
	'standard input: warning: 1 comment line, 1 line of column names, 1 range turned into prefixes, 1 with host bits set (first: line 7: 198.18.5.9/24 -> 198.18.5.0/24)'
run set list blocked
expect set_list_of_what_publishers_write 0 '198.18.1.0/24
198.18.2.1
198.18.3.0/24
198.18.4.4/31
198.18.5.0/24
198.18.6.1' ''
"$netguard" set delete blocked - <publisher >out 2>err
status=$?
expect set_delete_takes_what_publishers_write 0 '@blocked: 6 deleted, 0 failed' '*warning*'
printf '%s\n' '198.18.1.0 to 198.18.1.5' '198.18.1.0/24 except 198.18.1.9' '198.18.1.0 /24' \
	'::ffff:10.0.0.0/8' '::ffff:198.18.1.1' '198.18.1.1 for 10 minutes' '198.18.1.1 for' \
	'198.18.1.1-198.18.1.2 for 1h ; two' >stream
"$netguard" set add blocked - <stream >out 2>err
status=$?
expect set_add_of_half_a_line 1 '@blocked: 2 added, 0 changed, 0 unchanged, 7 failed' \
	"*input:1: unexpected text after the entry: 'to'*input:2: *'except'*input:3: *'/24'*\
input:4: *write 10.0.0.0/8*input:5: *write 198.18.1.1*input:6: *10 minutes*input:7: *missing after*"
run set list blocked
expect set_list_of_half_a_line 0 '*198.18.1.1 for *
198.18.1.2 for *' ''
run set add blocked ::ffff:198.18.1.1 ::ffff:198.18.1.0/120
expect set_add_of_ipv4_written_as_ipv6 1 '' '*write 198.18.1.1*write 198.18.1.0/24*'
"$netguard" set flush blocked >out
"$netguard" set add blocked - <listed >out 2>err

printf '203.0.113.3\n203.0.113.4\n' | "$netguard" set delete blocked - --json >out 2>err
status=$?
expect_json set_delete_of_a_stream 1 'it["deleted"], it["failed"]' '(1, 1)'
{
	echo 203.0.113.20
	head -c 100000 /dev/zero | tr '\0' 1
	printf '\n203.0.113.21\n'
} | "$netguard" set add blocked - >out 2>err
status=$?
expect set_line_too_long 1 '*@blocked: 2 added, *1 failed' '*standard input:2: a line of more than *'
yes bad | head -n 5000 | "$netguard" set add blocked - >out 2>err
status=$?
[ "$(wc -l <err)" -lt 200 ] && grep -q 'standard input:1: ' err && grep -q 'more lines' err &&
	ok set_many_bad_lines_are_counted ||
	not_ok set_many_bad_lines_are_counted "$(head -c 300 err)"

# A line is in force as soon as it is read, with the input still open; other commands can run.
mkfifo pipe
"$netguard" set add idle - <pipe >stream.out 2>&1 &
exec 3>pipe
for n in 1 2 3; do
	echo 198.18.0.$n >&3
	tries=0
	until "$netguard" set test idle 198.18.0.$n >out 2>err || [ $tries -gt 100 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
done
run set test idle 198.18.0.3
expect set_stream_acts_before_it_ends 0 '*live for good' ''
run block 203.0.113.30
expect set_others_work_during_a_stream 0 '*blocked*' ''
exec 3>&-
wait
[ "$(cat stream.out)" = '@idle: 3 added, 0 changed, 0 unchanged, 0 failed' ] && ok set_stream_ends ||
	not_ok set_stream_ends "$(cat stream.out)"

# Addresses that were chosen to collide take as much memory as others. Tables that were replaced
# are released before the stream ends.
maps() { find /sys/fs/bpf -name 'map-*' | wc -l; }
chosen() { seq 128 1023 | while read -r n; do printf '%x::bad:1\n' $((n * 64)); done; }
before=$(maps)
"$netguard" set add idle - <pipe >stream.out 2>&1 &
exec 3>pipe
{
	chosen
	seq 5000 | while read -r n; do echo 198.19.$((n / 250)).$((n % 250)); done
	echo 203.0.113.77
} >&3
tries=0
until "$netguard" set test idle 203.0.113.77 >out 2>err || [ $tries -gt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
during=$(maps)
exec 3>&-
wait
[ "$(cat stream.out)" = '@idle: 5897 added, 0 changed, 0 unchanged, 0 failed' ] &&
	ok set_add_of_chosen_addresses ||
	not_ok set_add_of_chosen_addresses "$(head -c 300 stream.out)"
[ "$before" -gt 0 ] && [ "$during" -eq "$before" ] && ok set_add_lets_go_of_replaced_tables ||
	not_ok set_add_lets_go_of_replaced_tables "$before maps before, $during with a larger table"
run set test idle ffc0::bad:1
expect set_test_of_a_chosen_address 0 '*live for good' ''

# Entries last as long as the ruleset in force or the one before has the name.
run apply other.rules
run set add admins 198.51.100.9
expect set_add_to_a_set_of_the_previous_ruleset 1 '' '*no set @admins*'
run apply web.rules
run set list admins
expect set_entries_stay_over_apply_and_back 0 '*198.51.100.1 for *' ''
run apply other.rules
sed -i 's/23/24/' other.rules
run apply other.rules
run apply web.rules
run set list --json
expect_json set_entries_go_with_their_name 0 '[(s["name"], s["live"]) for s in it["sets"]][:2]' \
	"[('admins', 0), ('idle', 0)]"
expect_json set_blocked_stays_always 0 'it["sets"][2]["live"] > 5' True
run flush
run detach --all
finish
