# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# What the guest tests of the agent's behaviour share: `. "$PHIWARD_TESTS/guest/lib.sh"`.
# Everything that is waited for has a deadline (wait_for); a test prints `ok - NAME` or
# `not ok - NAME: WHY`. Not executable: it is no test.
set -u
export LC_ALL=C
[ -n "${PHIWARD_TESTS:-}" ] || { echo "runs in the test guest only" >&2; exit 2; }

tools=$PHIWARD_TESTS/guest
json=$tools/json
tries=$tools/tries
socket=/run/phiward/control.sock
events_log=/var/log/phiward/events.jsonl
work=/run/test
log=$work/phiwardd.log
told=$work/notify
policy=$work/policy.yaml
start_s=150 # under emulation, beside others
agent= n_ok=0 n_bad=0
mkdir -p $work

ok() { n_ok=$((n_ok + 1)); echo "ok - $*"; }
not_ok() { n_bad=$((n_bad + 1)); echo "not ok - $*"; }
skip() { echo "skip - $1: $2"; }
# is NAME GOT WANTED: GOT is a text, WANTED a pattern.
# shellcheck disable=SC2053
is() { if [[ $2 = $3 ]]; then ok "$1"; else not_ok "$1: got '${2:0:400}', wanted '$3'"; fi; }
# does NAME COMMAND...: it succeeds.
does() { local name=$1; shift; if "$@"; then ok "$name"; else not_ok "$name ($*)"; fi; }
doesnt() { local name=$1; shift; if "$@"; then not_ok "$name ($*)"; else ok "$name"; fi; }
# at_most NAME NUMBER LIMIT UNIT
at_most() { if [ "${2:-999999}" -le "$3" ]; then ok "$1 ($2 $4)"; else not_ok "$1: $2 $4, at most $3"; fi; }
finish() { stop_agent; dmesg 2>/dev/null | grep -E 'segfault|general protection|trap ' | sed 's/^/# /'; echo "# $n_ok ok, $n_bad not ok on $(uname -r), $((($(now_ms) - began_ms) / 1000)) s"; [ $n_bad = 0 ]; exit; }

# Not the clock on the wall: tests set that.
now_ms() { local up; read -r up _ </proc/uptime; up=${up/./}; echo "${up}0"; }
began_ms=$(now_ms)
# wait_for SECONDS COMMAND...: until it succeeds; 1 when it does not in time.
# $waited_ms: how long that took.
waited_ms=0
# Emulated, with another guest beside it, this machine gets a third of a processor: deadlines
# are told in seconds of a real one.
patience=3
wait_for() {
	local start until_ms
	start=$(now_ms) until_ms=$((start + $1 * 1000 * patience))
	shift
	until "$@"; do
		waited_ms=$(($(now_ms) - start))
		[ "$(now_ms)" -lt "$until_ms" ] || return 1
		sleep 0.1
	done
	waited_ms=$(($(now_ms) - start))
}

# ---- the store, the policy ---------------------------------------------------

make_store() {
	mkdir -p /srv/phi/records /srv/plain
	echo "PHI-SECRET record" >/srv/phi/records/a
	echo "plain" >/srv/plain/file
	chmod -R a+rwX /srv/phi /srv/plain
}

# The clinician nina may use `head` and `tries`; nobody else anything. Arguments: further
# lines, in front of the last rule; the mode.
write_policy() { # write_policy [RULES] [MODE] [LABELS]
	cat >$policy <<-EOT
		phiward: 1
		mode: ${2:-enforce}
		labels:
		  records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}
		${3:-}
		actors:
		  clinicians: {groups: [clinicians]}
		programs:
		  ehr: {paths: [/usr/bin/head, $tries]}
		hubs:
		  guest: {paths: [/usr/sbin/supervise]}
		rules:
		  - {id: ehr, allow: [list, stat, read, write, create, delete], labels: [records], actors: [clinicians], programs: [ehr]}
		${1:-}
		  - {id: rest, deny: all, labels: any, severity: high, tell: "Ask the privacy office."}
	EOT
}

# ---- the agent ---------------------------------------------------------------

status() { phiward status --json 2>$work/status.err; }
st() { status | $json -p "$1"; }
protecting() { [ "$(st protecting)" = true ]; }
not_protecting() { [ "$(st protecting)" = false ]; }
reason_has() { [[ "$(status | $json -p reason 'protecting=false')" == *"$1"* ]]; }
refused() { rm -f $work/out; as-user eve cat "$1" >$work/out 2>&1 && return 1; grep -q 'Operation not permitted' $work/out; }
# denied USER COMMAND...: it says that it is refused; nothing else will do. It is the user who
# reads what it says: with the label of what the command has read it may not be for us.
# shellcheck disable=SC2016
denied() {
	local who=$1
	shift
	as-user "$who" sh -c '"$@" 2>&1 >/dev/null | grep -q "Operation not permitted"' sh "$@" >/dev/null 2>&1 </dev/null
}
readable() { as-user eve cat "$1" >/dev/null 2>&1; }
allowed() { rm -f $work/out; as-user nina head -c 3 "$1" >/dev/null 2>$work/out; }
log_has() { grep -qF -- "$1" $log; }
gone() { ! kill -0 "$1" 2>/dev/null; }
# The agent has ended, even if nobody has asked for its status yet.
dead() { gone "$agent" || [[ $(ps -o stat= -p "$agent") == Z* ]]; }

listen_notify() {
	[ -S $work/notify.sock ] && return
	$tools/notify $work/notify.sock $told &
	wait_for 10 test -S $work/notify.sock
}

# launch [ARGUMENT]...: start the agent, wait for nothing; $agent is its pid.
launch() {
	: >$log
	[ ! -e $told ] || : >$told
	[ ! -S $work/notify.sock ] || export NOTIFY_SOCKET=$work/notify.sock
	phiwardd "$@" >$work/stdout 2>$log </dev/null &
	agent=$!
	unset NOTIFY_SOCKET
}

up_or_dead() { protecting || dead; }
# start_agent [ARGUMENT]...: until it protects; ends the test when it does not.
start_agent() {
	[ $# != 0 ] || set -- --policy $policy
	launch "$@"
	if wait_for $start_s up_or_dead && protecting; then return 0; fi
	not_ok "the agent does not come to protect: $(status | cut -c1-300) $(head -c 300 $work/status.err)"
	show_log
	kill -KILL "$agent" 2>/dev/null
	! declare -F on_failure >/dev/null || on_failure
	finish
}
show_log() { tail -n 20 $log | sed 's/^/# phiwardd: /'; }

stop_agent() {
	[ -n "$agent" ] || return 0
	kill -CONT "$agent" 2>/dev/null
	kill -TERM "$agent" 2>/dev/null
	if wait_for 60 gone "$agent"; then
		wait "$agent" 2>/dev/null
		agent_status=$?
		[ $agent_status -lt 128 ] || { not_ok "the agent ended by itself, with status $agent_status"; show_log; }
	else
		not_ok "the agent does not stop within 60 s"
		kill -KILL "$agent"
		agent_status=none
	fi
	agent=
}

# Nothing of the agent in the kernel. Programs leave a moment after their last reference.
nothing_loaded() { ! bpftool prog list 2>/dev/null | grep -q 'name pw_' && ! bpftool map list 2>/dev/null | grep -q 'name pw_'; }
no_helper() { ! pgrep phiward-canary >/dev/null; }
nothing_left() { # nothing_left NAME
	does "$1: no program and no map is left" wait_for 20 nothing_loaded
	does "$1: nobody is refused any more" readable /srv/phi/records/a
	does "$1: the canary's helper is gone" wait_for 5 no_helper
}

# exits NAME STATUS PATTERN COMMAND...: within 60 s, with this on stderr. STATUS may be a pattern.
exits() {
	local name=$1 want=$2 pattern=$3 got
	shift 3
	timeout -s KILL 60 "$@" >$work/out 2>$work/err </dev/null
	got=$?
	# shellcheck disable=SC2053
	if [[ $got != $want ]]; then
		not_ok "$name: exit status $got, wanted $want: $(head -c 300 $work/err)"
	elif [ -n "$pattern" ] && ! grep -qE -- "$pattern" $work/err; then
		not_ok "$name: no '$pattern' in: $(head -c 300 $work/err)"
	else
		ok "$name"
	fi
}
