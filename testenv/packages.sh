#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# packages.sh PURPOSE... - install the packages that testenv/packages lists for them, if missing.
# As root, on Debian 12.
set -eu
missing=
for purpose; do
	# shellcheck disable=SC2013 # one word a package
	for package in $(sed -n "s/#.*//; s/^$purpose://p" "$(dirname "$0")/packages"); do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*' installed') ;;
		*) missing="$missing $package" ;;
		esac
	done
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "packages are missing, and only root can install them:$missing" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # one word a package
# RUNLEVEL: without systemd, installed services such as sshd are not started.
RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
