#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Install what testenv/packages lists and the system lacks. As root, on Debian 12.
set -eu
list=$(sed 's/#.*//' "$(dirname "$0")/packages")
missing=
for package in $list; do
	case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
	*' installed') ;;
	*) missing="$missing $package" ;;
	esac
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
apt-get install -y -qq --no-install-recommends $missing >/dev/null
