#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# flows and flows flush: noted flows of all states, which of them are selected, and how many there
# may be. Time is that of the flows: build/testenv/flows notes them as if some time ago.
. "$(dirname "$0")/command_world.sh"
put="${BUILD:-$root/build}/testenv/flows"
wire near0 far0
echo 'count udp' >without.rules
printf 'default drop\npass established\n' >established.rules

# among NAME LOW NUMBER HIGH
among() {
	if [ "$3" -ge "$2" ] && [ "$3" -le "$4" ]; then
		ok "$1"
	else
		not_ok "$1" "$3 is not between $2 and $4"
	fi
}

listed() {
	"$netguard" flows --json "$@" >out
	json 'len(it["flows"])'
}

run flows
expect flows_without_a_filter 1 '' '*not attached*'
run flows flush
expect flows_flush_without_a_filter 1 '' '*not attached*'
"$netguard" attach near0 --rules without.rules >/dev/null || exit 1
run flows
expect flows_that_nobody_notes 0 'no rule in force uses `established`: there are no flows' ''
run flows flush
expect flows_flush_of_none 0 'no rule in force uses `established`: there are no flows' ''
run flows --json
expect_json flows_that_nobody_notes_as_json 0 it "{'established': False, 'room': 0, 'flows': []}"

"$netguard" apply established.rules >/dev/null || exit 1
run flows
expect flows_of_an_empty_table 0 'PROTO  FROM  TO  STATE  AGE  LEFT' ''
run flows --json
expect_json flows_of_an_empty_table_as_json 0 it \
	"{'established': True, 'room': 100000, 'flows': []}"

# ---- one flow ------------------------------------------------------------------------------

# A tick is 1.07 s, so times may be two seconds off.
$put 1 4 "udp stream" 1000 60
run flows
expect flows_ipv4 0 '*PROTO *FROM *TO *STATE *AGE *LEFT
udp *192.0.2.1:40000 *198.18.0.0:53 *udp stream *16m[34]*s *[15]*' ''
run flows --json
expect_json flows_ipv4_as_json 0 \
	'[[f[k] for k in ("proto", "from", "to", "sport", "dport", "state")] for f in it["flows"]]' \
	"[['udp', '192.0.2.1', '198.18.0.0', 40000, 53, 'udp stream']]"
among flows_age 998 "$(json 'it["flows"][0]["age"]')" 1003
among flows_left 57 "$(json 'it["flows"][0]["left"]')" 62
run flows flush
expect flows_flush_of_one 0 '1 flow deleted' ''
$put 1 6 "tcp established" 0 0
run flows
expect flows_ipv6 0 \
	'*tcp *[[]2001:db8::1[]]:40000 *[[]2001:db8:1::[]]:53 *tcp established *[0-2]s *[45]d*' ''
$put 1 4 icmp 0 0
run flows icmp
expect flows_echo_request 0 '*icmp *192.0.2.1 *198.18.0.0 *icmp id 53 *[0-2]s *[23]*s' ''
run flows icmp --json
expect_json flows_echo_request_as_json 0 \
	'[it["flows"][0].get(k) for k in ("proto", "id", "sport", "dport")]' "['icmp', 53, None, None]"
run flows flush --json
expect_json flows_flush_as_json 0 it "{'deleted': 2}"

# ---- states and their time -----------------------------------------------------------------

# forgotten STATE SECONDS: after so many seconds, not before
forgotten() {
	$put 1 4 "$1" 100 $(($2 - 5))
	name=$(echo "$1" | tr ' ' _)
	run flows --json
	expect_json "flows_${name}_is_there_before_$2_s" 0 '[f["state"] for f in it["flows"]]' "['$1']"
	"$netguard" flows flush >/dev/null
	$put 1 4 "$1" 100 $(($2 + 5))
	run flows --json
	expect_json "flows_${name}_is_gone_after_$2_s" 0 'it["flows"]' '[]'
	"$netguard" flows flush >/dev/null
}

forgotten 'tcp syn' 120
forgotten 'tcp fin' 120
forgotten 'tcp close' 10
forgotten 'udp' 30
forgotten 'udp stream' 120
forgotten 'icmp' 30
{
	echo 'default timeout udp 300s'
	cat established.rules
} >longer.rules
$put 3 4 udp 100 100
run flows flush udp
expect flows_flush_counts_what_is_left 0 '0 flows deleted' ''
"$netguard" apply longer.rules >/dev/null
among flows_longer_timeout 3 "$(listed)" 3
"$netguard" apply established.rules >/dev/null
run flows flush
"$netguard" apply longer.rules >/dev/null
among flows_flush_of_all_deletes_what_is_over 0 "$(listed)" 0
forgotten udp 300
"$netguard" apply established.rules >/dev/null

# ---- which of them -------------------------------------------------------------------------

$put 4 4 udp 0 0
$put 3 6 'udp stream' 0 0
$put 2 4 'tcp syn' 0 0
$put 1 6 icmp 0 0
$put 1 4 icmp 0 0
# selects NUMBER WORD...
selects() {
	wanted=$1
	shift
	among "flows_$(echo "$*" | tr -c 'a-z0-9\n' _)" "$wanted" "$(listed "$@")" "$wanted"
}
selects 11
selects 7 udp
selects 2 tcp
selects 1 icmpv6
selects 4 ipv6
selects 6 ipv4 proto not icmp
selects 7 from 192.0.2.1
selects 0 to 192.0.2.1
selects 7 192.0.2.1
selects 3 198.18.0.0
selects 1 198.18.0.3
selects 7 198.18.0.0/30
selects 4 2001:db8::/32
selects 2 2001:db8:1::
selects 9 dport 53
selects 9 sport 1024-65535
selects 0 dport not 53
selects 9 port 53
selects 2 to '{ 198.18.0.2, 198.18.0.3 }'
selects 5 to not '{ 198.18.0.2, 198.18.0.3 }' ipv4
for words in 'ttl 64' 'established' 'on eth0' 'out udp' 'udp log' 'in' 'to @agents' 'flags syn'; do
	# shellcheck disable=SC2086 # words
	run flows $words
	expect "flows_refuses_$(echo "$words" | tr -c 'a-z0-9\n' _)" 1 '' '*netguard: *'
done
run flows 192.0.2.1/24
expect flows_of_a_prefix_with_host_bits 1 '' '*has host bits set*'
run flows flush 198.18.0.0
expect flows_flush_of_an_address 0 '3 flows deleted' ''
run flows flush ipv6 udp to 2001:db8:1::2
expect flows_flush_of_conditions 0 '1 flow deleted' ''
run flows flush ttl 64
expect flows_flush_refuses_conditions 1 '' "*netguard: flows have no 'ttl 64'; *"
among flows_that_are_left 7 "$(listed)" 7
run -q flows flush tcp
expect flows_flush_quietly 0 '' ''
among flows_that_are_left_then 6 "$(listed)" 6

# ---- many ----------------------------------------------------------------------------------

"$netguard" flows flush >/dev/null
$put 90000 6 'udp stream' 0 0
among flows_many 89000 "$(listed)" 90000
(
	ulimit -v 60000
	"$netguard" flows --json >out 2>err
)
status=$?
expect_json flows_are_not_kept_in_memory_as_json 0 'len(it["flows"]) >= 89000' True
(
	ulimit -v 60000
	"$netguard" flows >out 2>err
)
status=$?
expect flows_are_not_kept_in_memory 0 '*' ''
among flows_lines 89001 "$(wc -l <out)" 90001
among flows_one_line_of_titles 1 "$(grep -c PROTO out)" 1
"$netguard" flows >/dev/full 2>err
status=$?
: >out
expect flows_to_a_full_disk 1 '' '*cannot write the output*'
run flows flush
expect flows_flush_of_many 0 '* flows deleted' ''

# ---- rulesets that come and go -------------------------------------------------------------

$put 5 4 'udp stream' 0 0
sed 's/pass established/pass established udp/' established.rules >other.rules
"$netguard" apply other.rules >/dev/null
among flows_outlive_a_ruleset 5 "$(listed)" 5
"$netguard" apply without.rules >/dev/null
run flows
expect flows_after_the_last_such_rule 0 'no rule in force uses `established`: there are no flows' ''
"$netguard" rollback >/dev/null
among flows_are_there_after_a_rollback 5 "$(listed)" 5
"$netguard" detach --all >/dev/null
finish
