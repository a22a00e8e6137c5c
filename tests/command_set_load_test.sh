#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# set load: a list in place of a set's contents, on a veth pair in a network namespace and a BPF
# file system of the test's own.
. "$(dirname "$0")/command_world.sh"
wire veth0 veth1

cat >web.rules <<'END'
set admins { 192.0.2.0/24, 2001:db8::/32 }
set feed file "drop.txt"
set empty {}
pass tcp from @admins dport 22
drop from @feed
count from @empty
END
printf '10.0.0.0/8\n172.16.0.0/12 ; private\n' >drop.txt

run set load feed drop.txt
expect set_load_without_attachment 1 '' '*not attached to anything here*'
"$netguard" attach veth0 >/dev/null
run set load feed drop.txt
expect set_load_of_no_set 1 '' '*no set @feed in the ruleset in force*netguard set list*'
run apply web.rules
expect set_load_ruleset_is_applied 0 '*in force: 3 rules, 3 sets*' ''
run save
cp out before.rules

printf '10.0.0.0/8\n192.168.0.0/16\n198.51.100.0-198.51.100.255\n' >new.txt
run set load feed new.txt
expect set_load 0 '@feed: 3 prefixes, 2 before: 2 added, 1 removed' \
	'new.txt: warning: 3 prefixes; 1 range turned into prefixes'
run set list feed
expect set_load_replaces_what_was_there 0 '10.0.0.0/8
192.168.0.0/16
198.51.100.0/24' ''
run rules --json
expect_json set_load_leaves_the_rules 0 '[r["text"] for r in it["rules"]]' \
	"['pass tcp from @admins dport 22', 'drop from @feed', 'count from @empty']"
run set load @feed new.txt
expect set_load_again 0 \
	'@feed: 3 prefixes, 3 before: 0 added, 0 removed; nothing changed' '*1 range*'

# A list that cannot be loaded leaves the old content.
for list in '10.0.0.0/33' 'example.org' '10.0.0.9-10.0.0.1'; do
	printf '%s\n' 10.1.0.0/16 "$list" >bad.txt
	run set load feed bad.txt
	expect "set_load_of_a_bad_list_$(echo "$list" | tr -c 'a-z0-9\n' _)" 1 '' '*bad.txt:2:1: *'
done
printf '10.0.0.0/8\n' | gzip >list.gz
run set load feed list.gz
expect set_load_of_a_compressed_list 1 '' '*list.gz:1:1: this is compressed with gzip; unpack it first*zcat*'
run set load feed missing.txt
expect set_load_of_no_file 1 '' '*missing.txt: cannot open: *'
run set load feed .
expect set_load_of_a_folder 1 '' '*is a directory*'
mkfifo pipe
run set load feed pipe
expect set_load_of_a_pipe 1 '' '*pipe: is not a regular file; a pipe is read as standard input: -'
run set load feed /dev/zero
expect set_load_of_no_text 1 '' '*/dev/zero: is not a regular file*'
# shellcheck disable=SC2217 # a command of netguard, not of the shell
run set load feed - </dev/zero
expect set_load_of_zeros 1 '' '*<stdin>:1:1: a NUL byte*'
run set load blocked new.txt
expect set_load_of_blocked 1 '' '*@blocked is not declared by a ruleset*'
run set load feed
expect set_load_without_a_file 2 '' '*usage: netguard set load NAME FILE*'
run set list feed
expect set_load_failed_and_changed_nothing 0 '10.0.0.0/8
192.168.0.0/16
198.51.100.0/24' ''

# Sets that are declared with braces, and standard input.
printf '192.0.2.7\r\n2001:db8:7::/48 # office' | "$netguard" set load admins - --json >out 2>err
status=$?
expect_json set_load_from_standard_input 0 'it' \
	"{'name': 'admins', 'file': '-', 'prefixes': 2, 'before': 2, 'added': 2, 'removed': 2}"
run set load empty drop.txt
expect set_load_into_an_empty_set 0 '@empty: 2 prefixes, 0 before: 2 added, 0 removed' ''
: >nothing.txt
run set load empty nothing.txt
expect set_load_of_an_empty_list 0 '@empty: 0 prefixes, 2 before: 0 added, 2 removed' \
	'nothing.txt: warning: 0 prefixes'
run set list --json
expect_json set_load_counts_of_all_sets 0 \
	'sorted((s["name"], s["prefixes"]) for s in it["sets"] if s["name"] != "blocked")' \
	"[('admins', 2), ('empty', 0), ('feed', 3)]"

# save writes the prefixes in force, even if the files have changed; changes of rules keep them.
rm drop.txt new.txt
run save
cp out after.rules
expect set_load_save_has_the_new_contents 0 '*set admins { 192.0.2.7, 2001:db8:7::/48 }*
set feed { 10.0.0.0/8, 192.168.0.0/16, 198.51.100.0/24 }*' ''
run diff after.rules
expect set_load_saved_ruleset_is_the_same 0 '' ''
run diff before.rules
expect set_load_can_be_seen_in_a_diff 1 '~set admins: 2 prefixes added, 2 removed
~set feed: 1 prefix added, 2 removed' ''
run rule add drop udp from @feed
run set list feed
expect set_load_is_kept_by_an_edit 0 '10.0.0.0/8
192.168.0.0/16
198.51.100.0/24' ''

# send ADDRESS: an IPv4 frame from there, which veth0 gets.
send() {
	/usr/bin/python3 -c 'import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("veth1", 0))
out.send(b"\xff" * 6 + b"\x02" * 6 + b"\x08\x00" + bytes.fromhex("45000014000000004011") +
	 b"\0\0" + socket.inet_aton(sys.argv[1]) + socket.inet_aton("192.0.2.99"))' "$1"
}

# Packets are decided by the list that was loaded last.
drops='[r["packets"] for r in it["rules"] if r["text"] == "drop from @feed"]'
"$netguard" counters reset >/dev/null
send 203.0.113.9 && send 10.1.2.3
run rules --json
expect_json set_load_packets_before 0 "$drops" '[1]'
echo 203.0.113.0/24 | "$netguard" set load feed - >/dev/null
send 203.0.113.9 && send 203.0.113.10 && send 10.1.2.3
run rules --json
expect_json set_load_packets_after 0 "$drops" '[3]'
run apply before.rules
expect set_load_is_undone_by_apply 0 '*before.rules: in force: *' ''
run set list feed
expect set_load_is_undone_by_apply_of_the_old_text 0 '10.0.0.0/8
172.16.0.0/12' ''

"$netguard" detach --all >/dev/null
[ -z "$(ls /sys/fs/bpf/netguard 2>/dev/null)" ] && ok set_load_no_pin_is_left ||
	not_ok set_load_no_pin_is_left "$(find /sys/fs/bpf/netguard)"
finish
