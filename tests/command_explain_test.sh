#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# explain: packets in words, from captures and in hexadecimal; it agrees with `test --each`.
. "$(dirname "$0")/command_common.sh"

mkdir rules
cat >rules/web.rules <<'END'
default drop
include "site.rules"
count tcp
drop tcp dport 23
pass tcp dport 23-24 ttl 1-64
pass on eth0 udp
default out pass
END
cat >rules/site.rules <<'END'
set admins { 198.51.100.0/24, 2001:db8::/32 }
pass from @admins tcp dport 22
END
rules=rules/web.rules

run explain --rules $rules in on eth0 tcp from 198.51.100.9 sport 5555 to 192.0.2.1 dport 22 flags syn
if [ "$status" -ne 0 ] && grep -q 'not permitted' err; then
	echo "skip - explain: $(cat err)"
	exit 0
fi
expect test_packet_in_words 0 'verdict      pass, by rule 1, rules/site.rules:2:1
             pass tcp from @admins dport 22
without that drop, by default, no rule decides

frame       54 bytes
hook        xdp
on          eth0
family      ipv4
proto       tcp
from        198.51.100.9
to          192.0.2.1
sport       5555
dport       22
flags       syn
vlan        none (assumed)
length      40 (assumed)
ttl         64 (assumed)
dscp        cs0 (assumed)
fragment    no (assumed)
df          yes (assumed)
ethertype   ipv4
ether-from  02:00:00:00:00:01 (assumed)
ether-to    02:00:00:00:00:02 (assumed)

from is in @admins by 198.51.100.0/24

rules that match:
RULE               WHERE                 TEXT
   1  decides      rules/site.rules:2:1  pass tcp from @admins dport 22
   2  not reached  rules/web.rules:3:1   count tcp' ''

decided='it["verdict"], it["by"], it.get("rule", {}).get("where")'
effects='[(r["index"], r["effect"]) for r in it["rules"]]'
run explain --rules $rules dport 23 --json
expect_json test_dropped_packet 1 "$decided" "('drop', '3', 'rules/web.rules:4:1')"
expect_json test_what_would_decide_without_the_rule 1 \
	'it["without"]["verdict"], it["without"]["by"], it["without"]["rule"]["text"]' \
	"('pass', '4', 'pass tcp dport 23-24 ttl 1-64')"
expect_json test_rules_that_match 1 "$effects" "[(2, 'counts'), (3, 'decides'), (4, 'not_reached')]"
expect_json test_what_was_assumed 1 \
	'"proto" in it["assumed"], "dport" in it["assumed"], it["fields"]["dport"]' "(True, False, '23')"
run explain --rules $rules ipv6 flow-label 7 --json
expect_json test_a_field_of_one_family 1 'it["fields"]["flow-label"], "df" in it["fields"]' \
	"('0x00007', False)"
run explain --rules $rules df no --json
expect_json test_a_flag_that_is_not_set 1 'it["fields"]["df"], it["fields"]["family"]' "('no', 'ipv4')"
run explain --rules $rules udp --json
expect_json test_default_decides 1 "$decided, 'without' in it" "('drop', 'default', None, False)"
run explain --rules $rules on eth0 udp --json
expect_json test_interface 0 "$decided" "('pass', '5', 'rules/web.rules:6:1')"
run explain --rules $rules out on eth0 udp --json
expect_json test_packet_that_leaves 0 'it["hook"], it["by"]' "('tc-out', 'default')"
run explain --rules $rules --hook tc-in ipv6 tcp from 2001:db8::9 dport 22 --json
expect_json test_hook_and_ipv6 0 "$decided, it['sets']" "('pass', '1', 'rules/site.rules:2:1', \
[{'set': 'admins', 'field': 'from', 'prefix': '2001:db8::/32'}, \
{'set': 'admins', 'field': 'to', 'prefix': '2001:db8::/32'}])"

# UDP from 192.0.2.1 port 53 with IHL 4.
frame="020000000001 020000000002 0800 4400001c 00000000 40110000 c0000201 c0000202 0035 03e8 0008 0000"
echo 'pass udp
pass invalid
pass ether-from 02:00:00:00:00:02' >invalid.rules
run explain --rules invalid.rules --hex "$frame" --json
expect_json test_invalid_frame_in_hexadecimal 0 "$decided, it['invalid'], $effects" \
	"('pass', '2', 'invalid.rules:2:1', 'ip-header-length', [(2, 'decides'), (3, 'frame_is_invalid')])"
run explain --rules $rules --on eth0 --hex "02:00:00:00:00:01 02:00:00:00:00:02 ${frame#* * }" --json
expect_json test_hexadecimal_with_colons 1 "$decided, it['on'], it['bytes']" \
	"('drop', 'invalid', None, 'eth0', 42)"

# Each packet of a capture, compared with `test`; explain_test does it for all captures.
same=0
"$netguard" test "$root/pcaps/sets.rules" "$root/pcaps/sets.pcap" --each >each
while IFS=$'\t' read -r _ number verdict by _; do
	run explain --rules "$root/pcaps/sets.rules" --json \
		--capture "$root/pcaps/sets.pcap" "$number"
	[ "$(json 'it["verdict"], it["by"]')" = "('$verdict', '$by')" ] || break
	[ $status = "$([ "$verdict" = drop ]; echo $((! $?)))" ] || break
	same=$((same + 1))
done <each
if [ $same -gt 4 ] && [ $same = "$(wc -l <each)" ]; then
	ok "test_explain_says_what_test_says_of_sets.pcap"
else
	not_ok "test_explain_says_what_test_says_of_sets.pcap" \
		"$(sed -n $((same + 1))p each), but $(json 'it["verdict"], it["by"]'), status $status"
fi

run explain --rules $rules --capture "$root/pcaps/sets.pcap" 999
expect test_no_such_packet 2 '' '*sets.pcap: there is no packet 999: the capture has 7*'
run explain --rules $rules --capture "$root/pcaps/sets.pcap" first
expect test_packet_number 2 '' "*'first' is not a packet number*usage:*"
run explain --rules $rules tcp dport 80-90
expect test_more_than_one_value 2 '' "*netguard: 'dport 80-90' is more than one value*"
run explain --rules $rules from @admins
expect test_set_is_no_address 2 '' "*netguard: 'from @admins' is more than one value*write an address*"
run explain --rules $rules tcp dport nonsense
expect test_place_in_the_words 2 '' "*netguard: packet:1:11: 'nonsense' is not a port*"
run explain --rules $rules tcp dport nonsense --json
expect_json test_error_as_json 2 'it["error"]["where"]' packet:1:11
run explain --rules $rules --hex 0g
expect test_no_hexadecimal 2 '' "*'0g' is not a byte in hexadecimal; two digits*"
run explain --rules $rules --hex 02000000
expect test_frame_too_short 2 '' '*the kernel* does not accept this frame of 4 bytes*'
run explain --rules $rules --hook tc-out tcp
expect test_hook_and_direction 2 '' '*do not pass tc-out*'
run explain --rules $rules --hook nowhere tcp
expect test_unknown_hook 2 '' "*unknown hook 'nowhere'*"
run explain --rules missing.rules tcp
expect test_missing_rules 2 '' '*missing.rules: *No such file*'

# ---- established ---------------------------------------------------------------------------

printf 'default drop\npass established\ncount tcp established no\n' >established.rules
verdict='it["verdict"], it["by"], it["fields"].get("established"), "established" in it["assumed"]'
# supposed NAME WORD...: the packet with `established`, without it, and with `established no`
supposed() {
	local name=$1
	shift
	run explain --rules established.rules --json "$@" established
	expect_json "test_established_$name" 0 "$verdict" "('pass', '1', 'yes', False)"
	run explain --rules established.rules --json --hook tc-in "$@" established
	expect_json "test_established_${name}_at_tc" 0 "$verdict" "('pass', '1', 'yes', False)"
	run explain --rules established.rules --json "$@"
	expect_json "test_established_${name}_is_not_assumed" 1 "$verdict" \
		"('drop', 'default', 'no', True)"
	run explain --rules established.rules --json "$@" established no
	expect_json "test_established_${name}_no" 1 "$verdict" "('drop', 'default', 'no', False)"
}
supposed tcp tcp from 198.51.100.9 sport 443 flags ack
supposed tcp6 tcp from 2001:db8::9 sport 443 flags ack
supposed udp udp sport 53
supposed udp6 ipv6 udp sport 53
supposed icmp icmp icmp-type echo-reply
supposed icmp6 icmpv6 icmp-type echo-reply
for words in 'tcp flags syn' 'icmp icmp-type 3' 'icmpv6 icmp-type 1'; do
	# shellcheck disable=SC2086 # words
	run explain --rules established.rules $words established
	expect "test_never_established_${words%% *}" 2 '' \
		"*a packet with the other conditions has no 'established'*"
done
run explain --rules established.rules tcp flags ack
expect test_established_is_shown_as_assumed 1 '*established  *no (assumed)*' ''
run explain --rules established.rules tcp flags ack established
expect test_established_what_without_it 0 '*without that drop, by default*' ''
run explain --rules $rules --json tcp flags ack established
expect_json test_established_that_no_rule_uses 1 "$verdict" "('drop', 'default', None, False)"
answer='020000000001 020000000002 0800 4500001c00000000 4011 0000 c6336409 c0000201 0035 9c40 0008 0000'
run explain --rules established.rules --json --hex "$answer"
expect_json test_established_no_hexadecimal 1 "$verdict" "('drop', 'default', 'no', False)"
run explain --rules established.rules --json --established --hex "$answer"
expect_json test_established_hexadecimal 0 "$verdict" "('pass', '1', 'yes', False)"
finish
