#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh [-b FOLDER] [-r REPOSITORY] [-a COMMAND]... [COMMAND...]
#
# Does what a new user does: on a bare Debian 12 (debootstrap's smallest variant, from the archive
# that this system's apt uses), with nothing but a clone of REPOSITORY (by default this tree, as
# committed) and the folder ../shared beside it, if there is one, runs the COMMANDs, each a line of
# shell; by default those in README.md, then those of -a.
# The system is in FOLDER (by default build/fresh) and has its own processes, mounts and network,
# which reaches the archive through slirp4netns. Anything that it leaves behind is a failure.
#
# Their output goes to standard error and to FOLDER/log. Prints a line for each: "ok - NAME" or
# "not ok - NAME: why". The status is 0 if all are ok.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
folder=$repository/build/fresh
codename=bookworm
also=()

usage() { sed -n '3s/^# /usage: /p' "$0" >&2; exit 2; }
die() { echo "${0##*/}: $*" >&2; exit 1; }

while getopts a:b:r: option; do
	case $option in
	a) also+=("$OPTARG") ;;
	b) folder=$OPTARG ;;
	r) repository=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

folder=$(mkdir -p "$folder" && cd "$folder" && pwd)
tree=$folder/tree
netns=ng-fresh-$$
slirp='' inside='' shown=''
failed=0

clean_up()
{
	local process

	# Only this terminates unshare and what it runs.
	for process in $inside $shown $slirp; do
		kill -KILL "$process" 2>/dev/null || true
		wait "$process" 2>/dev/null || true
	done
	ip netns del "$netns" 2>/dev/null || true
	rm -rf "$tree"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The apt sources of this system for this release, one line each.
sources()
{
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
		awk -v name="$codename" '$2 ~ "^" name "(-updates|-security)?$" && !seen[$0]++ {
			print "deb", $0 }'
}

# The bare system, made once and kept as a tarball.
make_tree()
{
	local archive proxy

	archive=$(sources | awk -v name="$codename" '$3 == name && !seen++ { print $2 }')
	[ -n "$archive" ] || die "apt has no lists of $codename; run apt-get update"
	rm -rf "$tree"
	mkdir "$tree"
	if [ ! -s "$folder/$codename.tar" ]; then
		echo "making a bare $codename" >&2
		# apt's proxy, which debootstrap does not use by itself
		eval "$(apt-config shell proxy Acquire::http::Proxy)"
		[ -z "${proxy-}" ] || export http_proxy=${http_proxy:-$proxy}
		# Temporary, so it need not be synced to disk.
		mkdir -p "$tree/etc/dpkg/dpkg.cfg.d"
		echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
		debootstrap --variant=minbase "$codename" "$tree" "$archive" >"$folder/debootstrap.log" ||
			die "debootstrap failed, see $folder/debootstrap.log"
		rm -f "$tree"/var/cache/apt/archives/*.deb
		tar -C "$tree" -cf "$folder/$codename.tar.new" .
		mv "$folder/$codename.tar.new" "$folder/$codename.tar"
	else
		tar -C "$tree" -xf "$folder/$codename.tar"
	fi
	sources >"$tree/etc/apt/sources.list"
	# Proxies and the like.
	apt-config dump Acquire >"$tree/etc/apt/apt.conf.d/10system"
	# Whoever owns the repository.
	printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig"
	GIT_CONFIG_GLOBAL=$folder/gitconfig git clone --quiet "$repository" "$tree/root/netguard"
	[ ! -d "$repository/../shared" ] || cp -r "$repository/../shared/." "$tree/root/shared"
}

# A network namespace from which the archive can be reached, without incoming connections.
make_network()
{
	ip netns add "$netns"
	ip -n "$netns" link set lo up
	slirp4netns --configure --mtu=1500 --netns-type=path --ready-fd=3 \
		"/run/netns/$netns" tap0 3>"$folder/slirp.ready" >"$folder/slirp.log" 2>&1 &
	slirp=$!
	for _ in $(seq 100); do
		[ -s "$folder/slirp.ready" ] && break
		sleep 0.05
	done
	[ -s "$folder/slirp.ready" ] || die "slirp4netns does not start, see $folder/slirp.log"
	cp /etc/hosts "$tree/etc/hosts"
	echo "nameserver 10.0.2.3" >"$tree/etc/resolv.conf"
}

check()
{
	echo "== $1" >"$folder/log.part"
	ip netns exec "$netns" unshare --mount --pid --ipc --uts --cgroup --fork --kill-child \
		"$here/inside.sh" "$tree" "$1" </dev/null >>"$folder/log.part" 2>&1 &
	inside=$!
	tail -n +1 -f --pid=$inside "$folder/log.part" >&2 &
	shown=$!
	if wait $inside; then
		echo "ok - fresh tree: $1"
	else
		echo "not ok - fresh tree: $1: $(tail -n 1 "$folder/log.part") ($folder/log)"
		failed=1
	fi
	wait $shown
	cat "$folder/log.part" >>"$folder/log"
}

if [ $# = 0 ]; then
	mapfile -t commands < <(sed -n 's/^ *\(.*make \(demo\|test\)\)$/\1/p' "$repository/README.md")
	[ ${#commands[@]} -gt 0 ] || die "README.md names no command"
	set -- "${commands[@]}" "${also[@]}"
fi

make_tree
make_network
: >"$folder/log"
for command in "$@"; do
	check "$command"
done
exit $failed
