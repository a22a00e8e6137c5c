#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check: its output for good and bad ruleset files, as text and as JSON.
. "$(dirname "$0")/command_common.sh"

cat >good.rules <<'END'
default drop
set admins { 192.0.2.0/24, 2001:db8::/32 }
pass from @admins tcp dport 22
count icmp
END
cat >bad.rules <<'END'
default pass
pass form 192.0.2.1
drop tcp dport 23
drop from 10.0.0.1/8
END
cat >covered.rules <<'END'
drop tcp
drop tcp dport 23
END

run check good.rules
expect check_good_file 0 '*good.rules: ok: 2 rules, 1 set with 2 prefixes, image of * bytes, a packet takes at most about [1-9]* ns' ''
# A ruleset that an older netguard accepted must be usable at boot.
printf 'drop ethertype 0x5ff\ndrop on eth* tcp\n' >never.rules
run check never.rules
expect check_rule_that_never_matches 1 '' "*never.rules:1:6: 'ethertype 0x05ff' never matches*"
run check never.rules --kept
expect check_rule_that_never_matches_and_was_kept 0 '*never.rules: ok: 2 rules*' \
	"*never.rules:1:6: warning: 'ethertype 0x05ff' never matches*2:9: warning: 'eth\*' is no*"
printf 'drop tcp dport 80 form\n' >never.rules
run check never.rules --kept
expect check_kept_takes_no_other_error 1 '' '*never.rules:1:19: *'

run check - <good.rules
expect check_standard_input 0 '*-: ok: 2 rules*' ''
run check good.rules --json
expect_json check_good_file_as_json 0 \
	'it["file"], it["rules"], it["sets"], it["prefixes"], it["size"] > 0, "error" in it' \
	"('good.rules', 2, 1, 2, True, False)"

run check bad.rules
expect check_names_every_error 1 '' "bad.rules:2:6: 'form' is not a condition; did you mean 'from'?
bad.rules:4:11: prefix 10.0.0.1/8 has host bits set; write 10.0.0.0/8"
run --json check bad.rules
expect_json check_errors_as_json 1 '[e["where"] for e in it["errors"]], it["error"]["where"]' \
	"(['bad.rules:2:6', 'bad.rules:4:11'], 'bad.rules:2:6')"
expect_json check_error_has_a_hint 1 'it["error"]["hint"]' "did you mean 'from'?"

run check covered.rules
expect check_warns_of_a_covered_rule 0 '*covered.rules: ok: 2 rules*' \
	'*covered.rules:2:1: warning: *covered.rules:1:1*'
run check covered.rules --json
expect_json check_warnings_as_json 0 'it["rules"], [w["where"] for w in it["warnings"]]' \
	"(2, ['covered.rules:2:1'])"

run check missing.rules
expect check_missing_file 1 '' '*missing.rules: *No such file or directory*'
run check .
expect check_folder 1 '' '*.: *directory*'

yes 'pass frm 192.0.2.1' | head -n 50 >many.rules
run check many.rules
lines=$(wc -l <err)
[ "$lines" -eq 21 ] && ok check_keeps_20_errors || not_ok check_keeps_20_errors "$lines lines"
expect check_says_how_many_errors_more 1 '' '*30 more of these'
# So many that the search for covered rules has its own thread.
seq -f 'drop tcp dport %.0f' 1 5000 >ports.rules
seq -f 'drop tcp dport %.0f sport 9' 101 130 >>ports.rules
run check ports.rules
expect check_finds_covered_rules_among_many 0 '*ok: 5030 rules*' \
	'*ports.rules:5001:1: warning: no packet reaches this rule: ports.rules:101:1 decides*'
grep -c 'no packet reaches this rule' err >out
status=0
expect check_keeps_20_warnings 0 20 '*10 more of these'

# A warning says how long an average packet takes if it is slow, and because of which rules.
awk 'BEGIN { srand(1); print "default pass"
	for (i = 0; i < 1000; i++) print "drop from 192.0." int(i / 250) "." i % 250 " tcp dport " i
	for (i = 0; i < 8000; i++) {
		a = int(rand() * 30000); b = int(rand() * 30000)
		print "drop ipv4 udp sport " a "-" a + 30000 " dport " b "-" b + 30000 + i % 100
	} }' >wide.rules
run check wide.rules
head -n 1 err >first && mv first err
expect check_tells_of_slow_packets 0 '*wide.rules: ok: 9000 rules, *, a packet takes at most about [1-9]* µs' \
	'*wide.rules:*: warning: an average incoming IPv4 packet takes about * µs: it is compared with *cannot be told apart*'
run check wide.rules --json
expect_json check_names_the_rules_that_are_slow 0 \
	'[(s["packets"], s["direction"], s["invalid"], s["cause"]) for s in it["slow"]], \
	all(r["index"] > 1000 and r["where"].startswith("wide.rules:") for r in it["slow"][0]["such_as"])' \
	"([('ipv4', 'in', False, 'overlap')], True)"
expect_json check_bounds_packets_beyond_the_average 0 'it["worst_ns"] > it["slow"][0]["ns"]' True
echo 'default drop' >default.rules
run check default.rules
expect check_has_no_bound_without_rules 0 '*default.rules: ok: 0 rules, *, image of * bytes' ''

grep -v sport wide.rules >narrow.rules
run check narrow.rules
expect check_says_nothing_of_fast_packets 0 '*narrow.rules: ok: 1000 rules*' ''
run check narrow.rules --json
expect_json check_lists_nothing_slow 0 'it["slow"]' '[]'
sed -n '1p; /sport/s/ ipv4//p' wide.rules >both.rules
run check both.rules
grep -c ' takes about ' err >out
expect check_tells_once_of_both_families 0 1 '*: an average incoming IPv4 or IPv6 packet takes about *'
awk 'BEGIN { print "default pass"; for (i = 1; i < 255; i++) print "count from 10.0.0.0/8 ttl " i "-255" }' >counts.rules
run check counts.rules
expect check_tells_of_count_rules 0 '*' '*counts.rules:*: warning: an average incoming IPv4 *: it is compared with *all `count` rules *'
finish
