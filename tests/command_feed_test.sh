#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# netguard feed: lines, answers, owners, replacement; and how owners are shown. In a network namespace
# and with a BPF file system of the test's own.
namespaces="--pid --fork --kill-child --mount-proc"
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

# feed OWNER [OPTION...]: lines from standard input, answers into out. In a pipe it is a process of its
# own: so the status is passed on in a file.
feed() {
	owner=$1
	shift
	"$netguard" feed - --owner "$owner" --ack "$@" >out 2>err
	echo $? >status
}

# answers NAME STATUS OUT ERR: of the last feed
answers() {
	status=$(cat status)
	expect "$@"
}

# listed SET NAME WORDS: the live entries as "PREFIX by OWNER OWNER", without times
listed() {
	"$netguard" set list "$1" --json >out 2>err
	status=$?
	expect_json "$2" 0 '"; ".join(e["prefix"] + " by " + " ".join(o["name"] for o in e["owners"]) for e in it["live"])' "$3"
}

echo ping | feed a
answers feed_not_attached 1 '*error 1: netguard is not attached to anything here*' '*standard input:1: *'
"$netguard" attach veth0 >out || exit 1
printf 'set bad {}\nset good { 192.0.2.0/24 }\ndrop from @bad\n' | "$netguard" apply - >out

# ---- lines -------------------------------------------------------------------------------------

feed a <<END
ping
add blocked 203.0.113.1 for 9m55.9s # guessed passwords
ping

# a comment
add @blocked 203.0.113.8-203.0.113.11 until $(($(date +%s) + 3600)).5
	add bad 2001:db8::/32	for 1h
add bad 198.51.100.1
add bad 198.51.100.1 for 1h
add bad 198.51.100.2 for 1m
add bad 198.51.100.2 for 2m
add bad 198.51.100.3 for 0s
add bad 198.51.100.3 until 1000000000
del bad 198.51.100.1
del bad 198.51.100.1
del bad 198.51.100.99
END
answers feed_lines 0 'ok new
ok added
ok
ok
ok
ok added
ok added
ok added
ok unchanged
ok added
ok changed
ok expired
ok expired
ok deleted
ok absent
ok absent' ''
"$netguard" set list blocked | sed 's/ for [0-9hms]*/ for TIME/' >out
expect feed_listed 0 '203.0.113.1 for TIME # by a
203.0.113.8/30 for TIME # by a' ''
run set list bad --json
expect_json feed_fractions 0 '[e["left"] for e in it["live"] if e["prefix"] == "198.51.100.2"][0] > 115' True

for bad in "nonsense" "add" "add bad" "add bad # 192.0.2.1" "add bad x" "add bad 192.0.2.1 10m" \
	"add bad 192.0.2.1 for" "add bad 192.0.2.1 for -2s" "add bad 192.0.2.1 until tomorrow" \
	"add bad 192.0.2.1 until 1795000000000" "add bad 192.0.2.1/24 24" "add bad ::ffff:192.0.2.1" \
	"add nowhere 192.0.2.1" "add a-name-of-a-set-that-is-too-long-for-one 192.0.2.1" "add ../bad 192.0.2.1" \
	"add bad 0.0.0.0/7" "add bad ::/18" "add bad 0.0.0.0-255.255.255.255" "del bad" \
	"commit bad" "begin" "begin bad 192.0.2.1" "ping pong" "ADD bad 192.0.2.1" \
	"$(printf 'add bad 192.0.2.1 \033[31m')" "$(head -c 1025 /dev/zero | tr '\0' 1)"; do
	printf '%s\nping\n' "$bad" | feed a
	case $(head -n 1 out) in
	"error 1: "*) [ "$(tail -n 1 out)" = ok ] && [ "$(cat status)" = 1 ] && grep -q 'standard input:1: ' err &&
		! grep -q "$(printf '\033')" out err && continue ;;
	esac
	not_ok feed_refuses_bad_lines "$bad: $(head -c 300 out)"
done
ok feed_refuses_bad_lines
printf 'add bad 192.0.2.1\0 for 1h\nping\n' | feed a
answers feed_refuses_a_nul 1 'error 1: a NUL byte in the line
ok' '*'
listed bad feed_bad_lines_change_nothing '198.51.100.2 by a; 2001:db8::/32 by a'
printf 'add bad 0.0.0.0/1' | feed a --shortest 1,0
answers feed_shortest 0 'ok added' ''
printf 'del bad 0.0.0.0/1' | feed a
answers feed_deletes_any_length 0 'ok deleted' ''
yes 'add bad 198.51.100.256' | head -n 30000 | feed a
[ "$(wc -l <err)" -lt 200 ] && [ "$(wc -l <out)" = 30000 ] && ok feed_counts_many_bad_lines ||
	not_ok feed_counts_many_bad_lines "$(head -c 300 err)"

# ---- owners ------------------------------------------------------------------------------------

"$netguard" set flush bad >out
echo "add bad 203.0.113.1 for 1h" | feed a
echo "add bad 203.0.113.1 for 2h" | feed b
answers feed_the_longer_counts 0 'ok changed' ''
echo "add bad 203.0.113.1 for 90m" | feed c
answers feed_another_has_it_longer 0 'ok held' ''
listed bad feed_three_owners '203.0.113.1 by b c a'
run set list
expect feed_owners_of_sets 0 '*@bad  *1  a 1, b 1, c 1*' ''
run set list --json
expect_json feed_owners_of_sets_as_json 0 \
	'[(o["name"], o["live"]) for s in it["sets"] if s["name"] == "bad" for o in s["owners"]]' \
	"[('a', 1), ('b', 1), ('c', 1)]"
run metrics
expect feed_owners_as_metrics 0 '*netguard_set_owned_entries{set="bad",owner="a"} 1*' ''
echo "del bad 203.0.113.1" | feed b
listed bad feed_one_unban_ends_no_other '203.0.113.1 by c a'
run set add bad 203.0.113.1 for 10m
expect feed_the_operator_has_it_shorter 0 '*already in @bad, where another owner wants it for longer' ''
listed bad feed_the_operator_is_one_of_them '203.0.113.1 by c a operator'
run set delete bad 203.0.113.1
listed bad feed_the_operator_ends_all ''
printf 'add blocked 203.0.113.99\n' | feed a
printf 'add blocked 203.0.113.99 for 1h\n' | feed b
run unblock 203.0.113.99
expect feed_unblock_names_owners 0 '203.0.113.99: unblocked, also for a, b' ''
for name in "" operator "a b" 'a"b' exactly-25-bytes-of-a-name; do
	"$netguard" feed - --owner "$name" </dev/null >out 2>err
	[ $? = 2 ] && grep -q owner err || not_ok feed_owner_names "$name: $(cat err)"
done
ok feed_owner_names
"$netguard" feed - --shortest 33,0 </dev/null >out 2>err
status=$?
expect feed_shortest_out_of_range 2 '' '*two prefix lengths*16,32*'
printf 'add bad 203.0.113.7\nx\n' | "$netguard" feed - --json >out 2>err
status=$?
expect_json feed_json 1 'it["owner"], it["added"], it["failed"]' "('feed', 1, 1)"

# ---- replacing ---------------------------------------------------------------------------------

"$netguard" set flush bad >out
printf 'add bad 203.0.113.1\nadd bad 203.0.113.2\n' | feed a
printf 'add bad 203.0.113.1\n' | feed b
feed a <<END
begin bad
add bad 203.0.113.2 for 1h
add bad 203.0.113.3
add bad 203.0.113.3 for 1h
add bad 0.0.0.0/2
add bad 203.0.113.4 for 0s
commit bad
END
answers feed_commit 1 '*ok
ok
ok
ok
error 5: *
ok expired
ok 1 added, 1 changed, 1 deleted, 0 unchanged, 1 refused' '*'
listed bad feed_replaces_its_own_only '203.0.113.1 by b; 203.0.113.2 by a; 203.0.113.3 by a'
printf 'begin bad\nadd bad 203.0.113.9\nadd bad x\ncommit bad\n' | feed a
answers feed_a_bad_line_spoils_the_commit 1 '*error 4: @bad is not replaced, because of line 3; *' '*'
printf 'begin bad\nadd bad 203.0.113.9\n' | feed a
answers feed_no_commit 1 'ok
ok' '*ended before commit: @bad is not replaced*'
printf 'begin nowhere\nadd nowhere 203.0.113.9\ncommit nowhere\n' | feed a
answers feed_commit_to_no_set 1 '*error 3: there is no set @nowhere*' '*'
listed bad feed_nothing_is_half_replaced '203.0.113.1 by b; 203.0.113.2 by a; 203.0.113.3 by a'
printf 'begin bad\nadd bad x\nbegin bad\nadd blocked 198.18.0.1\ncommit bad\nping\n' | feed a
answers feed_begins_anew 1 '*ok
error 2: *
ok
ok added
ok 0 added, 0 changed, 2 deleted, 0 unchanged, 0 refused
ok' '*'

# ---- a long stream -----------------------------------------------------------------------------

# An answer comes when the line is in force, with the input still open; the filter may go and come back.
mkfifo pipe answers
"$netguard" feed - --owner long --ack <pipe >answers 2>stream.err &
exec 3>pipe 4<answers
echo "add bad 198.18.0.1" >&3
read -r answer <&4
run set test bad 198.18.0.1
expect "feed_answers_at_once_$(echo "$answer" | tr ' ' _)" 0 '*live for good' ''
run block 203.0.113.30
expect feed_others_work_meanwhile 0 '*blocked*' ''
echo ping >&3
read -r known <&4
"$netguard" detach --all >out
echo "add bad 198.18.0.2" >&3
read -r away <&4
"$netguard" attach veth0 >out
echo ping >&3
read -r back <&4
echo "add blocked 198.18.0.2" >&3
read -r added <&4
exec 3>&-
wait
case "$known/$back/$added/$away" in
"ok/ok new/ok added/error 3: netguard is not attached"*) ok feed_survives_a_detach ;;
*) not_ok feed_survives_a_detach "$known/$back/$added/$away" ;;
esac
listed blocked feed_after_a_detach '198.18.0.2 by long'

finish
