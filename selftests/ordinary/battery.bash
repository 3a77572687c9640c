# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The battery of ordinary work: does the steps of *.steps (mini/10-shell.steps says how they are
# written) and compares what each said with what it must say. How fast that is, is for
# `make bench` to say, which counts instructions. For guest tests that have sourced guest/lib.sh.

here=$PHIWARD_TESTS/ordinary
battery=$work/battery
place=/srv/battery
record=/srv/phi/records/held
copy=/srv/holder/copy
holder='' n_steps=0

# battery_split DIR: two files a step, $battery/steps/FILE.USER.NAME with what it does and
# $battery/must/FILE.USER.NAME with what it must say, in the order of $battery/list.
battery_split() {
	rm -rf "$battery"
	mkdir -p "$battery/steps" "$battery/must" "$battery/did"
	chmod 1777 "$battery/did"
	awk -v to="$battery" '
		function told(what) { print FILENAME ":" FNR ": " what; bad = 1 }
		FNR == 1 { n = split(FILENAME, part, "/"); file = part[n]; sub(/\.steps$/, "", file); out = "" }
		/^== / {
			if (out) close(out)
			if (step && !has_end) told("it is not said what the step before must say")
			if (NF != 3 || (file $0) in seen) told("no step, or twice: " $0)
			seen[file $0] = 1
			has_end = 0
			step = file "." $2 "." $3
			out = to "/steps/" step
			print $2, file "." $2, step >(to "/list")
			next
		}
		$0 == "=>" { close(out); has_end = 1; out = to "/must/" step; printf "" >out; next }
		out { print >out }
		END { if (!has_end) told("it is not said what the last step must say"); exit bad }' "$1"/*.steps || { not_ok "the steps of $1 can be read"; finish; }
	chmod -R a+rX "$battery"
	n_steps=$(wc -l <"$battery/list")
}

battery_place() {
	rm -rf --one-file-system $place
	local user
	for user in eve nina root; do
		mkdir -p $place/home.$user
		chown $user: $place/home.$user
	done
}

# battery_session USER GROUP NAME...: one login does these steps, each a subshell of it.
battery_session() {
	local user=$1 dir=$place/$2 login=(as-user "$1")
	shift 2
	[ "$user" != root ] || login=(as-user --auid eve root)
	[ -d "$dir" ] || { mkdir "$dir" && chown "$user:" "$dir"; }
	(cd "$dir" && HOME=$place/home.$user TERM=dumb exec timeout -s KILL $((30 + 10 * $#)) "${login[@]}" \
		bash "$here/session.bash" "$battery/steps" "$battery/did" "$@") </dev/null >"$battery/$user.log" 2>&1 ||
		not_ok "a session of $user ends with status $?, its steps: $*: $(tail -c 300 "$battery/$user.log")"
}

# battery_run: all steps; sessions end where user or file change.
battery_run() {
	local user group name start last='' names=()
	battery_place
	start=$(now_ms)
	while read -r user group name <&9; do
		if [ "$user $group" != "$last" ]; then
			# shellcheck disable=SC2086 # user and group
			[ -z "$last" ] || battery_session $last "${names[@]}"
			last="$user $group" names=()
		fi
		names+=("$name")
	done 9<"$battery/list"
	# shellcheck disable=SC2086
	battery_session $last "${names[@]}"
	echo "# $n_steps steps in $(($(now_ms) - start)) ms; the slowest: $(cat "$battery"/did/*.ms | sort -rn | head -n 8 | tr '\n' ' ')"
}

battery_said() {
	[ -e "$1.status" ] || { echo "nothing"; return; }
	echo "status $(cat "$1.status"): $(tail -c 400 "$1.out" | tr '\0\n' ' |')"
}

# battery_as_told LEAST: each step ended well and said what it must.
battery_as_told() {
	local _ name n_done=0
	while read -r _ _ name; do
		case $(cat "$battery/did/$name.status" 2>/dev/null) in
		0)
			n_done=$((n_done + 1))
			# a last line without an end counts as one
			sed '$a\' "$battery/did/$name.out" | cmp -s - "$battery/must/$name" && continue
			not_ok "$name: $(battery_said "$battery/did/$name"), must say: $(tr '\n' '|' <"$battery/must/$name")" ;;
		77) skip "$name" "$(tr '\n' ' ' <"$battery/did/$name.out")" ;;
		*) not_ok "$name: $(battery_said "$battery/did/$name")" ;;
		esac
	done <"$battery/list"
	is "of $n_steps steps at least $1 are done" "$((n_done >= $1))" 1
}

# ---- what of the labels is where ---------------------------------------------

dump() { bpftool map dump name "$1" 2>/dev/null; }
holders() { # other than the holder's own processes
	local tgid
	dump pw_domains | grep -oE '"tgid": [0-9]+' | grep -oE '[0-9]+' | sort -u | while read -r tgid; do
		pgrep -x hold | grep -qx "$tgid" || echo "$tgid($(cat "/proc/$tgid/comm" 2>/dev/null || echo gone))"
	done
}
carrying() { # files by inode, and what data passes through
	local map
	for map in pw_marks pw_ends; do
		echo "$map: $(dump $map | grep -cE '"labels": [1-9]')"
	done
}
spread_now() { st holders; }

# battery_unlabelled NAME SPREAD: nothing was refused, and nobody and nothing has come to a label
# beside the holder and its own, which `phiward status` counted as SPREAD.
battery_unlabelled() {
	spread_is() { [ "$(spread_now)" = "$1" ]; }
	if wait_for 10 spread_is "$2"; then
		ok "$1: as many processes and files have a label as before"
	else
		not_ok "$1: labels spread: before $2, now $(spread_now), held by $(holders), $(carrying | tr '\n' ' ')"
	fi
	is "$1: nobody else holds a label" "$(holders)" ""
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
	does "... is counted" wait_for 10 counted
	spread=$(spread_now)
	echo "# the holder: $spread"
}
counted() { [ "$(st holders.processes)" -ge 2 ] && [ "$(st holders.files)" -ge 1 ]; }

stop_holder() {
	kill $holder
	wait $holder 2>/dev/null
	does "the holder is gone, and what it held" wait_for 60 nobody_holds
}
nobody_holds() { [ "$(st holders.processes)" = 0 ]; }

# battery_all DIR LEAST POLICY: the whole of it, up to a holder that is still there.
battery_all() {
	battery_split "$1"
	make_record
	start_agent --policy "$3"
	start_holder
	battery_run
	battery_as_told "$2"
	battery_unlabelled "ordinary work" "$spread"
}
