# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The battery of ordinary work: runs the steps of *.steps (mini/10-shell.steps says how they
# are written) and compares what each said, and how it ended, with the same step's run before
# the agent was there. For guest tests that have sourced guest/lib.sh.

here=$PHIWARD_TESTS/ordinary
battery=$work/battery
place=/srv/battery
record=/srv/phi/records/held
copy=/srv/holder/copy
holder='' n_steps=0

# battery_split DIR: a file a step, $battery/steps/FILE.USER.NAME, in the order of $battery/list.
battery_split() {
	rm -rf "$battery"
	mkdir -p "$battery/steps"
	awk -v to="$battery" '
		FNR == 1 { n = split(FILENAME, part, "/"); file = part[n]; sub(/\.steps$/, "", file); step = "" }
		/^== / {
			if (step) close(step)
			step = to "/steps/" file "." $2 "." $3
			if (NF != 3 || step in seen) { print FILENAME ":" FNR ": no step, or twice: " $0; bad = 1 }
			seen[step] = 1
			print $2, file "." $2, file "." $2 "." $3 >(to "/list")
			next
		}
		step { print >step }
		END { exit bad }' "$1"/*.steps || { not_ok "the steps of $1 can be read"; finish; }
	chmod -R a+rX "$battery"
	n_steps=$(wc -l <"$battery/list")
}

# What steps leave to the next of their group is not left to the next run.
battery_clean() {
	chattr -R -i $place 2>/dev/null
	rm -rf --one-file-system $place /tmp/battery.* /dev/shm/battery*
	mkdir -p $place
	local user
	for user in eve nina root; do
		mkdir -p $place/home.$user
		chown $user: $place/home.$user
	done
}

# battery_session RESULTS USER GROUP NAME...: one login does these steps, each a subshell of it.
battery_session() {
	local results=$1 user=$2 dir=$place/$3 login=(as-user "$2")
	shift 3
	[ "$user" != root ] || login=(as-user --auid eve root)
	[ -d "$dir" ] || { mkdir "$dir" && chown "$user:" "$dir"; }
	(cd "$dir" && HOME=$place/home.$user TERM=dumb exec timeout -s KILL $((30 + 10 * $#)) "${login[@]}" \
		bash "$here/session.bash" "$battery/steps" "$results" "$@") </dev/null >"$results/$user.log" 2>&1 ||
		not_ok "a session of $user ends with status $?, its steps: $*: $(tail -c 300 "$results/$user.log")"
}

# battery_run PHASE: all steps. $battery_ms: how long they took.
battery_run() {
	local results=$battery/$1 user group name start last='' names=()
	mkdir -p "$results"
	chmod 1777 "$results"
	battery_clean
	start=$(now_ms)
	while read -r user group name <&9; do
		if [ "$group" != "${last#* }" ]; then
			# shellcheck disable=SC2086 # user and group
			[ -z "$last" ] || battery_session "$results" $last "${names[@]}"
			last="$user $group" names=()
		fi
		names+=("$name")
	done 9<"$battery/list"
	# shellcheck disable=SC2086
	battery_session "$results" $last "${names[@]}"
	battery_ms=$(($(now_ms) - start))
	echo "# $1: $n_steps steps in $battery_ms ms; the slowest: $(cat "$results"/*.ms | sort -rn | head -n 5 | tr '\n' ' ')"
}

battery_said() {
	[ -e "$1.status" ] || { echo "nothing"; return; }
	echo "status $(cat "$1.status"): $(tail -c 300 "$1.out" | tr '\0\n' '  ')"
}

# Before the agent is there each step must do its work: one that does not says nothing later.
battery_before() {
	local _ name status n_done=0
	while read -r _ _ name; do
		status=$(cat "$battery/before/$name.status" 2>/dev/null)
		case $status in
		0) n_done=$((n_done + 1)) ;;
		77) skip "$name" "$(tr '\n' ' ' <"$battery/before/$name.out")" ;;
		*) not_ok "$name fails without the agent: $(battery_said "$battery/before/$name")" ;;
		esac
	done <"$battery/list"
	is "at least $1 steps work without the agent" "$((n_done >= $1))" 1
}

# battery_same PHASE NAME: each step did and said what it did and said before.
battery_same() {
	local _ name n_other=0
	while read -r _ _ name; do
		cmp -s "$battery/before/$name.status" "$battery/$1/$name.status" &&
			cmp -s "$battery/before/$name.out" "$battery/$1/$name.out" && continue
		n_other=$((n_other + 1))
		[ $n_other -le 20 ] || continue
		not_ok "$2: $name: $(battery_said "$battery/$1/$name"), before: $(battery_said "$battery/before/$name")"
	done <"$battery/list"
	is "$2: $n_steps steps as without the agent" $n_other 0
}

# ---- what of the labels is where ---------------------------------------------

dump() { bpftool map dump name "$1" 2>/dev/null; }
carrying() { dump "$1" | grep -cE '"labels": [1-9]'; }
holders() { # other than the holder's own processes
	local tgid
	dump pw_domains | grep -oE '"tgid": [0-9]+' | grep -oE '[0-9]+' | sort -u | while read -r tgid; do
		pgrep -x hold | grep -qx "$tgid" || echo "$tgid($(cat "/proc/$tgid/comm" 2>/dev/null || echo gone))"
	done
}

# battery_unlabelled PHASE MARKS ENDS: nothing of the battery was refused or came to carry a label.
battery_unlabelled() {
	is "$1: nobody else holds a label" "$(holders)" ""
	is "$1: no other file carries one" "$(carrying pw_marks)" "$2"
	is "$1: no other end carries one" "$(carrying pw_ends)" "$3"
	phiward events --json --limit 100000 >"$battery/events" 2>/dev/null
	is "$1: no event of a refusal" "$(battery_events verdict=deny)" ""
	is "$1: no event of a label taken" "$(battery_events kind=took-label process.exe!=/opt/ehr/bin/hold)" ""
	is "$1: no event of something labelled" "$(battery_events kind=labelled process.exe!=/opt/ehr/bin/hold)" ""
	is "$1: no label lost" "$(battery_events kind=label-lost)" ""
	does "$1: the agent protects" protecting
}
battery_events() {
	local n
	n=$($json "$@" <"$battery/events") || return 0
	echo "$n, the first:"
	paste -d' ' <($json -p operation "$@" <"$battery/events") <($json -p door "$@" <"$battery/events") \
		<($json -p path "$@" <"$battery/events") <($json -p actor.user "$@" <"$battery/events") \
		<($json -p process.exe "$@" <"$battery/events") | sort | uniq -c | sort -rn | head -n 5
}

# ---- the holder --------------------------------------------------------------

make_record() {
	mkdir -p /srv/phi/records /srv/holder /opt/ehr/bin
	echo "PHI-SECRET record" >$record
	chown -R nina: /srv/phi/records /srv/holder
	install -o root -g root -m 0755 "$here/hold" "$PHIWARD_TESTS/attacks/ehr-client" /opt/ehr/bin/
}

# A program of nina's that has read a record, and everything it could pass it on by.
start_holder() {
	rm -f $copy
	(cd / && exec as-user nina /opt/ehr/bin/hold $record $copy) >$work/holder.log 2>&1 </dev/null &
	holder=$!
	does "a holder elsewhere on the host" wait_for 30 test -e $copy
	does "... holds the label" wait_for 10 holds_label
	does "... and its copy carries it" test "$(carrying pw_marks)" -gt 0
}
holds_label() { dump pw_domains | grep -qE '"labels": [1-9]'; }

stop_holder() {
	kill $holder
	wait $holder 2>/dev/null
	does "the holder is gone, and what it held" wait_for 60 nobody_holds
}
nobody_holds() { ! holds_label; }

# battery_all DIR LEAST: the whole of it.
battery_all() {
	local before_ms without_ms
	battery_split "$1"
	make_record
	battery_run before
	before_ms=$battery_ms
	battery_before "$2"
	start_agent --policy "$here/policy.yaml"
	battery_run without
	without_ms=$battery_ms
	battery_same without "no holder"
	battery_unlabelled "no holder" 0 0
	start_holder
	local marks ends
	marks=$(carrying pw_marks) ends=$(carrying pw_ends)
	battery_run holder
	battery_same holder "a holder elsewhere"
	battery_unlabelled "a holder elsewhere" "$marks" "$ends"
	echo "# without the agent $before_ms ms, no holder $without_ms ms, a holder elsewhere $battery_ms ms"
	stop_holder
}
