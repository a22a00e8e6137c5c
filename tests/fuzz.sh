#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh [TARGET...] - runs libFuzzer on the targets of tests/fuzz.h, on all if none is named, each
# for $FUZZ_SECONDS (60) seconds, with what `make fuzz` builds in $BUILD.
#
# Inputs that find new paths are kept in $BUILD/corpus/TARGET for the next run. Inputs that break
# something are written to $BUILD/found: put such a file into tests/fuzz/TARGET, where fuzz_test
# reads it.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath "${BUILD:-build/fuzz}")
seconds=${FUZZ_SECONDS:-60}
root=$PWD
failed=0
export UBSAN_OPTIONS=print_stacktrace=1

# fuzz TARGET: in an empty folder, since rules may name files
fuzz()
{
	local target=$1 corpus=$BUILD/corpus/$1 log=$BUILD/$1.log

	mkdir -p "$corpus" "$BUILD/found" "$BUILD/empty"
	(
		cd "$BUILD/empty" || exit 1
		FUZZ_TARGET=$target exec nice "$BUILD/fuzzer" -max_total_time="$seconds" -timeout=10 \
			-rss_limit_mb=2048 -max_len=16384 -artifact_prefix="$BUILD/found/$target-" \
			-print_final_stats=1 "$corpus" "$seeds/$target" "$root/tests/fuzz/$target"
	) >"$log" 2>&1
}

seeds=$(mktemp -d -t ng-fuzz.XXXXXX)
trap 'rm -rf "$seeds"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$seeds"/{rules,list,capture,hex,frame,image,feed}
"$BUILD/tests/fuzz_test" --seeds "$seeds" || exit 1
cp docs/examples/*.rules pcaps/*.rules "$seeds/rules"
cp pcaps/*.pcap* "$seeds/capture"

[ $# != 0 ] || set -- rules list capture hex frame image feed
for target; do
	if fuzz "$target"; then
		echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$BUILD/$target.log") inputs" \
			"in $seconds s, nothing found"
	else
		failed=1
		echo "$target: found something:"
		tail -n 60 "$BUILD/$target.log"
	fi
done
exit $failed
