#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# other_layout.sh TO - makes a copy of include/ with another layout: everything that is not stable
# (include/layout/stable.h) is moved. For tests of upgrades.
set -eu
to=$1
mkdir -p "$to"
cp -r "$(dirname "$0")/../include"/* "$to"
layout="$to/layout/image.h $to/layout/live.h $to/layout/config.h"

# before STRUCT MEMBER: insert one word before that member, or into its free room
before()
{
	sed -i "/^struct $1 {/,/^}/{
		s/^\(\t__u[0-9]* $2\)/\t__u64 moved;\n\1/
		s/__u64 pad\[2\]/__u64 pad[1]/
		/^\t__u64 pad;/d
	}" $layout
}

before ng_image_header 'blocked;'
before ng_forest 'trees;'
before ng_entry 'outcome;'
before ng_ports 'first, last;'
before ng_entry_extra 'sets, sets_mask;'
before ng_live_row 'homes;'
before ng_live_head 'written;'
before ng_config 'image_mask;'
sed -i 's/ng_siphash(key0,/ng_siphash(key0 ^ 0xbf58476d1ce4e5b9,/' $layout
sed -i '/^_Static_assert(/{:more;/;$/!{N;b more};/has no holes\|cache line/d}' $layout

changes=$(grep -c -e '__u64 moved;' -e 0xbf58476d1ce4e5b9 $layout | awk -F: '{ n += $2 } END { print n }')
[ "$changes" = 9 ] || { echo "$0: $changes of 9 changes could be made" >&2; exit 1; }
