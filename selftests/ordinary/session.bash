# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# session.bash STEPS RESULTS NAME...: does the steps STEPS/NAME one behind the other, each in a
# subshell of this shell, as someone at a terminal would; what each says, how it ends and how
# long it took goes to RESULTS/NAME.out, .status and .ms.
steps=$1 results=$2
shift 2
dir=$PWD
export GIT_TEMPLATE_DIR= # the guests have none
now_ms() { local up; read -r up _ </proc/uptime; up=${up/./}; ms=${up}0; }
for name; do
	now_ms
	began=$ms
	cd "$dir" || exit 1
	# What it started in the background ends with it, even when it failed.
	# shellcheck source=/dev/null disable=SC2046
	(set -eu -o pipefail; trap 'kill $(jobs -p) 2>/dev/null || :' EXIT; . "$steps/$name") </dev/null >"$results/$name.out" 2>&1
	echo $? >"$results/$name.status"
	now_ms
	echo "$((ms - began)) $name" >"$results/$name.ms"
done
exit 0
