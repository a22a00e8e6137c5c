#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files that the user names: nobody is led astray by what a stranger put into a shared folder.
. "$(dirname "$0")/command_common.sh"

stranger=65534
as_stranger() {
	setpriv --reuid $stranger --regid $stranger --clear-groups "$@"
}

if [ "$(id -u)" != 0 ]; then
	echo "skip - files: only root can be a stranger as well"
	exit 0
fi

# shared/ is like /tmp; private/ belongs to the stranger, open/ is no sticky one.
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
	"shared/link: is not opened: link in $folder/shared is a link of user nobody ($stranger), and anyone may put things there"
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
read_all "is read" ours/rules "$folder/ours/rules" ours/../ours//rules ours/up/rules \
	./ours/./rules shared/own shared/theirs private/link open/link /dev/fd/3 3<ours/rules
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

finish
