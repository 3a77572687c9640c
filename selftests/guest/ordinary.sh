#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 900
# Ordinary work goes on under the agent, in the guest, as root:
#
#   ordinary.sh [TASK...]
#
# With phiwardd enforcing selftests/ordinary/policy.yaml, work outside the labelled trees
# (work.sh: eve, root, nina) and a clinician's work inside them with approved programs
# (inside.sh) must succeed with its data whole, and leave no denial. Each task runs before
# the agent starts, too: what does not work then says nothing about the agent and is a
# failure of the test. At the end the battery's own attacks, turned on files without a
# label, must all succeed (attacks.sh --elsewhere).
set -u
export LC_ALL=C
[ -n "${PHIWARD_TESTS:-}" ] || { echo "ordinary.sh: runs in the test guest only" >&2; exit 2; }

here=$PHIWARD_TESTS/ordinary
work=/run/ordinary
task_s=90
start_s=150
chosen=" $* "
n_bad=0 n_ok=0
ok() { n_ok=$((n_ok + 1)); echo "ok - $*"; }
not_ok() { n_bad=$((n_bad + 1)); echo "not ok - $*"; }
wanted() { [ "$chosen" = "  " ] || [[ "$chosen" = *" $1 "* ]]; }
declare -A fails=()

prepare() {
	rm -rf /srv/work /srv/phi /srv/home
	mkdir -p /srv/work /srv/phi/records /srv/phi/genomes /srv/home /opt/ehr/bin "$work"
	chmod 1777 /srv/work /srv/home
	chown nina: /srv/phi/records
	install -o root -g root -m 0755 "$PHIWARD_TESTS/attacks/ehr-client" "$here/editor.py" /opt/ehr/bin/
	modprobe -q -a overlay loop ext4
	sysctl -qw kernel.unprivileged_userns_clone=1 2>/dev/null
}

as() { # as USER COMMAND...: the login of the user, or of root
	local user=$1
	shift
	[ "$user" != root ] || user="--auid eve root"
	# shellcheck disable=SC2086
	(cd / && exec timeout -s KILL $task_s as-user $user -- "$@") >"$work/log" 2>&1 </dev/null
}

judge() { # judge WHEN TASK STATUS
	local key=$2
	case $3 in
	0) [ "$1" = before ] || ok "$key" ;;
	77) [ "$1" = before ] || ok "$key # skip $(tr '\n' ' ' <"$work/log")" ;;
	*)
		if [ "$1" = before ]; then
			fails[$key]=1
			not_ok "$key fails without the agent ($3): $(tail -n 4 "$work/log" | tr '\n' ' ')"
		elif [ -z "${fails[$key]:-}" ]; then
			not_ok "$key ($3): $(tail -n 4 "$work/log" | tr '\n' ' ')"
		fi ;;
	esac
}

all_work() { # all_work before|under
	local task user dir
	while read -r task user; do
		wanted "$task" || continue
		dir=/srv/work/$1/$user/$task
		mkdir -p "$dir" && chown "$user:" "$dir" && chmod 755 "/srv/work/$1" "/srv/work/$1/$user"
		as "$user" "$here/work.sh" "$task" "$dir"
		judge "$1" "outside: $task by $user" $?
	done < <("$here/work.sh" --list)
	while read -r task; do
		wanted "$task" || continue
		dir=/srv/work/$1/inside/$task
		mkdir -p "$dir" && chown nina: "$dir" && chmod 755 "/srv/work/$1" "/srv/work/$1/inside"
		as nina /opt/ehr/bin/ehr-client mkdir "/srv/phi/records/$1-$task" || cat "$work/log"
		as nina "$here/inside.sh" "$task" "/srv/phi/records/$1-$task" "$dir"
		judge "$1" "inside: $task by nina" $?
	done < <("$here/inside.sh" --list)
}

daemon=
start_agent() {
	local turn
	phiwardd --policy "$here/policy.yaml" >"$work/phiwardd.log" 2>&1 </dev/null &
	daemon=$!
	for ((turn = 0; turn < start_s * 5; turn++)); do
		phiward status --json 2>/dev/null | grep -q '"protecting": *true' && return 0
		kill -0 $daemon 2>/dev/null || break
		sleep 0.2
	done
	not_ok "the agent does not come to protect: $(phiward status --json 2>&1 | tr '\n' ' ' | cut -c1-400)"
	tail -n 30 "$work/phiwardd.log" | sed 's/^/# /'
	return 1
}

# Where rename() said EXDEV to an approved mv is no refusal: the copy that followed was decided.
no_denials() {
	local count
	phiward events --json --limit 100000 --verdict deny 2>&1 | grep -v '"exe": *"/usr/bin/mv".*"crosses-labels"' >"$work/denials"
	count=$(grep -c '"verdict": *"deny"' "$work/denials")
	if [ "$count" = 0 ]; then
		ok "no denial"
	else
		not_ok "$count denials of ordinary work; the first by operation, path and program:"
		sed -n 's/.*"operation": *"\([a-z]*\)".*"path": *"\([^"]*\)".*"user": *"\([^"]*\)".*"exe": *"\([^"]*\)".*"reason": *"\([^"]*\)".*/# \1 \2 \3 \4: \5/p' "$work/denials" | sort | uniq -c | head -20
	fi
}

heard_allowed() {
	local count
	phiward events --json --limit 100000 --verdict allow --user nina >"$work/allowed" 2>&1
	count=$(grep -c '"rule": *"clinicians-work"' "$work/allowed")
	[ "$count" -gt 0 ] && ok "the approved work is in the events ($count)" || not_ok "no event tells of the approved work"
}

# The same moves by someone else: refused, and the file stays where it was.
mv_is_refused() {
	as nina /opt/ehr/bin/ehr-client write /srv/phi/records/stays text
	mkdir -p /srv/work/eve.mv && chown eve: /srv/work/eve.mv
	as eve mv /srv/phi/records/stays /srv/work/eve.mv/
	local status=$?
	if [ $status = 0 ] || [ -s /srv/work/eve.mv/stays ]; then
		not_ok "mv by eve takes the file out"
	# what she reads is told to nobody else: she compares it herself
	elif ! as nina bash -c '[ "$(/opt/ehr/bin/ehr-client read "$1")" = text ]' bash /srv/phi/records/stays; then
		not_ok "after a refused mv the file is not whole"
	else
		ok "mv by eve is refused, the file is whole"
	fi
}

prepare
chmod 777 /srv/phi/records
all_work before
prepare
chmod 777 /srv/phi/records
command -v phiwardd >/dev/null || { not_ok "there is no phiwardd in this guest"; echo "# $n_ok ok, $n_bad not ok"; exit 1; }
if start_agent; then
	all_work under
	no_denials
	[ "$chosen" != "  " ] || heard_allowed
	[ "$chosen" != "  " ] || mv_is_refused
	phiward status --json | grep -q '"protecting": *true' || not_ok "the agent no longer protects: $(phiward status --json | tr '\n' ' ' | cut -c1-400)"
fi
kill -TERM "$daemon" 2>/dev/null
for ((turn = 0; turn < 300; turn++)); do
	kill -0 "$daemon" 2>/dev/null || break
	sleep 0.1
done
kill -0 "$daemon" 2>/dev/null && not_ok "the daemon does not stop within 30 s" && kill -KILL "$daemon"
if [ "$chosen" = "  " ]; then
	"$PHIWARD_TESTS/guest/attacks.sh" --elsewhere || n_bad=$((n_bad + 1))
fi
echo "# $n_ok ok, $n_bad not ok on $(uname -r)"
[ $n_bad = 0 ]
