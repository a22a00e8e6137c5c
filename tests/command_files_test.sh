#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files that the user names: files that another user put into a shared folder do no harm.
. "$(dirname "$0")/command_world.sh"

stranger=65534
as_stranger() {
	setpriv --reuid $stranger --regid $stranger --clear-groups "$@"
}

# shared/ is like /tmp; private/ belongs to the other user; open/ has no sticky bit.
mkdir shared private open ours
chmod 755 .
chmod 1777 shared
chown $stranger private
chmod 777 open
echo 'drop tcp dport 23' >ours/rules
echo 198.51.100.0/24 >ours/list
as_stranger ln -s "$folder/ours/rules" shared/link
as_stranger ln -s "$folder/ours" shared/folder
as_stranger ln -s "$folder/ours/list" shared/list
as_stranger ln -s "$folder/ours/rules" private/link
as_stranger ln -s "$folder/ours/rules" open/link
as_stranger mkfifo shared/fifo
as_stranger cp ours/rules shared/theirs
ln -s "$folder/ours/rules" shared/own
ln -s ../ours ours/up
ln -s loop loop

run check shared/link
expect "a stranger's link in a shared folder is not followed" 1 "" \
	"shared/link: is not opened: link in $folder/shared is a link of user nobody ($stranger), and anyone may create files there"
run check open/link
expect "nor where no sticky bit protects what others put there" 1 "" "*is a link of user*"
run check shared/folder/rules
expect "nor is one on the way" 1 "" "*folder in $folder/shared is a link of user*"
echo 'set s file "shared/list"' >include
run check include
expect "nor for a set's file" 1 "" "*shared/list*is a link of user*"
echo 'include "shared/link"' >include
run check include
expect "nor for an include" 1 "" "*shared/link*is a link of user*"
run test ours/rules shared/link
expect "nor for a capture" 1 "*" "*shared/link*is a link of user*"
ln -s ../shared/link ours/two
run check ours/two
expect "nor at the end of a link of ours" 1 "" "*link in $folder/shared is a link of user*"

# read_all NAME PATH...: each is read
read_all() {
	local name=$1
	shift
	for path; do
		run check "$path"
		expect "$name: $path" 0 "*" ""
	done
}
# shellcheck disable=SC2094 # it is only read
read_all "is read" ours/rules "$folder/ours/rules" ours/../ours//rules ours/up/rules \
	./ours/./rules shared/own shared/theirs private/link /dev/fd/3 3<ours/rules
run check /dev/stdin <ours/rules
expect "is read: /dev/stdin" 0 "*" ""
run check - < <(cat ours/rules)
expect "is read: a pipe" 0 "*" ""
run test ours/rules <(cat "$root/pcaps/arp.pcap")
expect "a capture is read from a process" 0 "*1 *" ""

run check ours/rules/
expect "a file is no folder" 1 "" "*: Not a directory*"
run check ours/
expect "a folder is no file" 1 "" "*: is a directory*"
run check loop
expect "links in a circle" 1 "" "*: Too many levels of symbolic links*"
run check ours/none
expect "a file that is not there" 1 "" "*: No such file or directory*"
run check ""
expect "no name" 2 "" "*: an argument is empty*"
run check "$(printf 'x%.0s' {1..300})"
expect "too long a name" 1 "" "*: File name too long*"
run test ours/rules shared/fifo
expect "a stranger's FIFO is not waited for" 1 "*" "*fifo in $folder/shared is a FIFO of user*"

# ---- output files ------------------------------------------------------------------------------

wire veth0 veth1
run attach veth0 --rules ours/rules
[ $status = 0 ] || exit 1

# capture ARGUMENTS...: runs until a packet has arrived
capture() {
	"$netguard" capture all --packets 1 "$@" >out 2>err &
	local reader=$!
	for _ in {1..300}; do
		kill -0 $reader 2>/dev/null || break
		ip link set veth1 addrgenmode none down && ip link set veth1 up
		ip addr replace 192.0.2.1/24 dev veth1
		ping -c 1 -W 0.1 192.0.2.2 >/dev/null 2>&1
	done
	kill $reader 2>/dev/null
	wait $reader
	status=$?
}

# untouched NAME: the targets of the other user's links, and his file, are unchanged
untouched() {
	[ "$(cat ours/rules ours/list shared/theirs)" = "drop tcp dport 23
198.51.100.0/24
drop tcp dport 23" ] && [ "$(stat -c %u shared/theirs)" = $stranger ] && ok "$1" ||
		not_ok "$1" "$(ls -l ours shared)"
}

as_stranger ln -s "$folder/ours/new" shared/dangling
for path in shared/link shared/dangling open/link shared/folder/list shared/theirs shared/fifo; do
	capture -w "$path"
	expect "a capture is not written to what a stranger made: $path" 1 "" "*$path*user nobody*"
	run save "$path"
	expect "nor is the ruleset: $path" 1 "" "*$path*user nobody*"
	run metrics "$path"
	expect "nor are metrics: $path" 1 "" "*$path*user nobody*"
done
untouched "nothing of that was written"
[ ! -e ours/new ] && ok "nor made" || not_ok "nor made" "$(ls -l ours)"

umask 0
mkdir captures
for path in captures/new shared/new; do
	capture -w "$path"
	expect "a capture is written: $path" 0 "" "*1 packet shown*"
	stat -c '%a %h' "$path" >out
	tcpdump -nr "$path" 2>&1 | grep -c ARP >>out
	expect "it is for its owner to read: $path" 0 "600 1
1" "*"
done
echo old >captures/old
ln captures/old captures/name
ln -s old captures/link
exec 8<captures/old
capture -w captures/link
expect "a capture takes the place of a file" 0 "" "*"
{
	cat captures/name /proc/self/fd/8
	stat -c %a captures/old
	readlink captures/link
	find captures | wc -l
} >out
expect "who had that open or by another name does not see it" 0 "old
old
600
old
5" "*"
exec 8<&-
capture -w nowhere/new
expect "a capture into a folder that is not there" 1 "" "*nowhere/new: cannot be written: No such*"

capture -w /dev/null
expect "a capture to a device" 0 "" "*1 packet shown*"
[ -c /dev/null ] && ok "which stays one" || not_ok "which stays one" "$(ls -l /dev/null)"
capture -w /dev/stdout
tcpdump -nr out 2>&1 | grep -c ARP >packets
mv packets out
expect "a capture to what the shell opened" 0 1 "*1 packet shown*"
mkfifo ours/fifo
tcpdump -nr ours/fifo >packets 2>&1 &
capture -w ours/fifo
wait $!
mv packets out
expect "a capture to a FIFO of ours" 0 "*ARP*" "*"
mknod disk b 7 99
capture -w disk
expect "a disk is not written to" 1 "" "*disk: cannot be written*"
capture -w ours
expect "nor is a folder" 1 "" "*ours: cannot be written: Is a directory*"

# A capture that cannot begin leaves an existing file alone.
echo old >captures/old
run detach --all
capture -w captures/old
cat captures/old >out
expect "a capture that cannot begin leaves the file" 1 old "*not attached*"

finish
