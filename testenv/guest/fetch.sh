#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fetch.sh VERSION FOLDER - Debian's newest cloud kernel of a series (6.1, 6.12), unpacked into
# FOLDER/root, with the modules' index; FOLDER/release holds its `uname -r`.
#
# The packages come from the system's own apt sources; where these do not have the series, from
# the backports of the same archive, with lists kept in FOLDER: nothing of the system is changed.
set -euo pipefail

die() { echo "${0##*/}: $*" >&2; exit 1; }

[ $# = 2 ] || die "usage: ${0##*/} VERSION FOLDER"
series=$1
folder=$(mkdir -p "$2" && cd "$2" && pwd)

# The sandbox user of apt cannot write into our folder.
apt=(-o APT::Sandbox::User=root)

# Package names and versions of the series, the newest last.
kernels()
{
	local names

	names=$(apt-cache "${apt[@]}" pkgnames "linux-image-$series." |
		grep -- '-cloud-amd64$') || return 0
	# shellcheck disable=SC2086 # one word a name
	apt-cache "${apt[@]}" show --no-all-versions $names |
		awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print $2, name }' | sort -V
}

# Add the backports of the archive that this system is installed from.
use_backports()
{
	local codename archive

	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	archive=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
		awk -v codename="$codename" '$1 == codename && !seen++ { print $2 }')
	[ -n "$archive" ] || die "apt has no lists of $codename; run apt-get update"
	mkdir -p "$folder"/apt/{state/lists/partial,cache/archives/partial}
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
		"$archive $codename-backports main" >"$folder/apt/sources.list"
	apt+=(-o Dir::State::Lists="$folder/apt/state/lists" -o Dir::Cache="$folder/apt/cache"
	      -o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=-)
	apt-get "${apt[@]}" -qq update
}

package=$(kernels | tail -n 1)
if [ -z "$package" ]; then
	echo "no kernel $series in the apt sources of this system, looking in the backports"
	use_backports
	package=$(kernels | tail -n 1)
	[ -n "$package" ] || die "no package of kernel $series found"
fi
package=${package#* }

echo "fetching $package"
(cd "$folder" && rm -f -- *.deb && apt-get "${apt[@]}" -qq download "$package")
rm -rf "$folder/root"
dpkg-deb -x "$folder"/*.deb "$folder/root"
rm -rf "$folder/apt" "$folder"/*.deb

release=$(basename "$folder"/root/lib/modules/*)
depmod -b "$folder/root" "$release"
echo "$release" >"$folder/release"
