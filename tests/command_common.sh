# SPDX-License-Identifier: GPL-2.0-only
# Shared by the scripts of tests/: runs the command, says `ok - NAME` or `not ok - NAME: why`.
# $NETGUARD names the command, build/netguard when it is not set.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
netguard=$(realpath "${NETGUARD:-$root/build/netguard}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
failed=0

ok() {
	echo "ok - $1"
}

not_ok() {
	echo "not ok - $1: $2"
	failed=1
}

# run ARGUMENTS...: leaves $status, and files out and err.
run() {
	"$netguard" "$@" >out 2>err
	status=$?
}

# expect NAME STATUS OUT ERR: the last run ended with STATUS; OUT and ERR are what out and err
# have to contain, in full, or "*" and a shell pattern.
expect() {
	if [ "$status" != "$2" ]; then
		not_ok "$1" "status $status, not $2: $(head -c 300 err)"
	elif ! matches "$3" out; then
		not_ok "$1" "standard output is: $(head -c 600 out)"
	elif ! matches "$4" err; then
		not_ok "$1" "standard error is: $(head -c 600 err)"
	else
		ok "$1"
	fi
}

matches() {
	case $1 in
	\**)
		case $(cat "$2") in
		$1) return 0 ;;
		esac
		return 1
		;;
	*) [ "$(cat "$2")" = "$1" ] ;;
	esac
}

# netns_begin NAME [OPTION...]: a network namespace with a name, $netns, until the test ends; in it
# is near0, a veth made with those options of ip-link(8)
netns_begin() {
	netns=ng-$1-$$
	shift
	ip netns add "$netns" || exit 1
	trap netns_end EXIT
	ip -n "$netns" link add near0 "$@" type veth peer name far0
	ip -n "$netns" link set near0 up
}

netns_end() {
	"$netguard" -n "$netns" detach --all >/dev/null 2>&1
	ip netns del "$netns"
	rm -rf "$folder"
}

# json EXPRESSION: the value of a Python expression in which `it` is the JSON of out.
json() {
	/usr/bin/python3 -c 'import json, sys
it = json.load(open("out"))
print(eval(sys.argv[1]))' "$1" 2>&1
}

# expect_json NAME STATUS EXPRESSION VALUE
expect_json() {
	if [ "$status" != "$2" ]; then
		not_ok "$1" "status $status, not $2: $(head -c 300 err)"
	elif [ "$(json "$3")" != "$4" ]; then
		not_ok "$1" "$3 is $(json "$3"), not $4"
	else
		ok "$1"
	fi
}

finish() {
	exit $failed
}
