#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 900
# kernels: 6.1
# Random programs of processes that read labels and pass data on, each step compared with a
# model of what labels mean. MODEL_N=10000 programs, MODEL_SEED, MODEL_FIRST choose which.
# All of them take some twelve minutes:
#   selftests/vm/run --timeout 3000 -- env MODEL_N=10000 /opt/phiward-tests/guest/model.sh
# A program that was told replays with MODEL_ARGUMENTS="--replay FILE" and --add FILE:FILE.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

run=$PHIWARD_TESTS/model/run
mkdir -p /opt/model
for image in plain approved cleaner hub; do
	install -m 755 -o root -g root "$PHIWARD_TESTS/model/worker" /opt/model/$image
done
[ ! -e /proc/sys/kernel/yama/ptrace_scope ] || echo 0 >/proc/sys/kernel/yama/ptrace_scope

programs() { # programs ARGUMENT...: says ok and not ok by itself
	local line
	while read -r line; do
		case $line in
		"ok - "*) ok "${line#ok - }" ;;
		"not ok - "*) not_ok "${line#not ok - }" ;;
		*) echo "$line" ;;
		esac
	done < <("$run" "$@" 2>&1 || echo "# run ended with status $?")
}

# Without the agent every step of every program works: so a refusal later is the agent's.
programs --no-kernel --count "${MODEL_PLAIN_N:-40}"

# shellcheck disable=SC2154
"$run" --policy >"$policy"
does "the policy of the model is sound" phiward check "$policy"
start_agent
programs --replay "$PHIWARD_TESTS"/model/known/*
# shellcheck disable=SC2086
programs --count "${MODEL_N:-400}" --seed "${MODEL_SEED:-1}" --first "${MODEL_FIRST:-0}" \
	--differences "${MODEL_DIFFERENCES:-3}" ${MODEL_ARGUMENTS:-}
does "the agent still protects" wait_for 30 protecting
finish
