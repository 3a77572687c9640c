#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 1200
# The attack battery, in the guest, as root:
#
#   attacks.sh [--unprotected | --protected | --elsewhere] [--hide-names] [NAME...]
#
# 1. unprotected: every attack must work, or its refusal would prove nothing;
# 2. protected: everything is prepared again (descriptors, mappings, links from before the
#    start), phiwardd starts on selftests/attacks/policy.yaml, and every attack must be
#    refused and have left a fitting event; afterwards the labelled files must be unchanged;
#    what the policy allows (expect: allowed) must work, or refusals would prove nothing;
# 3. the daemon stops: nothing of it may be left in the kernel.
# --elsewhere: the same programs turned on files without a label must all work under the
# agent: what protects the trees must not stand in the way of others (ordinary.sh asks).
# --hide-names: the agent runs with that setting, on the attacks that ask for it and are left
# out otherwise.
#
# What an attack is and says of itself: selftests/attacks/attack.h. Everything has a deadline.
# Prints a line an attack, "ok - ..." or "not ok - ...: why"; exit 1 when one is not ok.
set -u
export LC_ALL=C
[ -n "${PHIWARD_TESTS:-}" ] || { echo "attacks.sh: runs in the test guest only" >&2; exit 2; }

battery=$PHIWARD_TESTS/attacks
work=/run/attacks
logs=$work/logs
policy=$work/policy.yaml
attack_s=10
start_s=150
heard_s=15
unprotected=1 protected=1 elsewhere=0 settings='' names=()
for arg; do
	case $arg in
	--unprotected) protected=0 ;;
	--protected) unprotected=0 ;;
	--elsewhere) unprotected=0 protected=0 elsewhere=1 ;;
	--hide-names) settings=hide-names ;;
	-*)
		echo "usage: attacks.sh [--unprotected | --protected | --elsewhere] [--hide-names] [NAME...]" >&2
		exit 2 ;;
	*) names+=("$arg") ;;
	esac
done

n_ok=0 n_bad=0 n_na=0 n_refused=0 n_reported=0 n_open=0 n_allowed=0
ok() { n_ok=$((n_ok + 1)); echo "ok - $*"; }
not_ok() { n_bad=$((n_bad + 1)); echo "not ok - $*"; }

# ---- what there is -----------------------------------------------------------

declare -A phi own text_of
declare -A user op fs errno expect path rule event helper setup_user check who door kind caps marker wrong result is_changed is_heard na

catalogue() {
	local name info key value pairs pair all=()
	mkdir -p "$logs"
	# every program holds its description as text: one grep instead of 200 processes
	while read -r info; do
		name=${info#attack: } name=${name%%;*}
		[ -x "$battery/$name" ] || { not_ok "an attack calls itself '$name' and is no such file"; continue; }
		text_of[$name]=$info
		all+=("$name")
	done < <(find "$battery" -maxdepth 1 -type f ! -name '*.*' -print0 | sort -z |
		xargs -0r grep -aho 'attack: [a-z0-9_]*; threat: [[:print:]]*')
	if [ ${#names[@]} = 0 ]; then
		for name in "${all[@]}"; do
			value='' info=${text_of[$name]}
			[[ $info != *"; settings: "* ]] || value=${info#*; settings: } value=${value%%;*}
			[ "$value" != "$settings" ] || names+=("$name")
		done
	fi
	for name in "${names[@]}"; do
		info=${text_of[$name]:-}
		[ -n "$info" ] || { echo "attacks.sh: no attack '$name'" >&2; exit 2; }
		user[$name]=eve op[$name]=read fs[$name]=ext4 errno[$name]=EPERM expect[$name]=refused
		path[$name]='$PHI_DIR/secret' rule[$name]='*' event[$name]=must check[$name]=kept
		who[$name]='' door[$name]='*' kind[$name]='*'
		[[ $info != *"; who: "* ]] || path[$name]='*' # of flow.h: the event need not name a file
		IFS=';' read -ra pairs <<<"$info"
		for pair in "${pairs[@]}"; do
			key=${pair%%:*} value=${pair#*: }
			key=${key# }
			case $key in
			attack | threat | settings) ;;
			user) user[$name]=$value ;;
			op) op[$name]=$value ;;
			fs) fs[$name]=$value ;;
			errno) errno[$name]=$value ;;
			expect) expect[$name]=$value ;;
			path) path[$name]=$value ;;
			rule) rule[$name]=$value ;;
			event) event[$name]=$value ;;
			helper) helper[$name]=$value ;;
			setup-user) setup_user[$name]=$value ;;
			check) check[$name]=$value ;;
			who) who[$name]=${who[$name]:-$value} ;; # the first: flow.h adds one
			door) door[$name]=$value ;;
			kind) kind[$name]=$value ;;
			caps) caps[$name]=$value ;;
			*) not_ok "$name: unknown key '$key'" ;;
			esac
		done
		case ${fs[$name]} in
		btrfs) phi[$name]=/btr/phi/records/$name own[$name]=/btr/scratch/$name ;;
		*) phi[$name]=/srv/phi/records/$name own[$name]=/srv/scratch/$name ;;
		esac
	done
}

# ---- the store ---------------------------------------------------------------

have_btrfs=0
unmount_below() { # unmount_below DIR...: everything mounted there, innermost first
	local dir
	for dir; do
		awk -v dir="$dir/" 'index($5 "/", dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
			while read -r mount; do umount -l "$mount"; done
	done
}

end_holders() {
	local file
	for file in /srv/scratch/*/holder.pid /btr/scratch/*/holder.pid; do
		[ -r "$file" ] && kill -KILL "$(cat "$file")" 2>/dev/null
	done
}

prepare() {
	local name dir token dirs=()
	end_holders
	unmount_below /srv/scratch /srv/phi /srv/plain /srv/home /btr
	losetup -D
	rm -rf /srv/scratch /srv/phi /srv/plain /srv/home /btr/phi /btr/scratch 2>/dev/null
	mkdir -p /srv/scratch /srv/phi/records /srv/phi/genomes /srv/home /btr
	have_btrfs=0
	for name in "${names[@]}"; do
		[ "${fs[$name]}" = btrfs ] && have_btrfs=1
	done
	if [ $have_btrfs = 1 ]; then
		modprobe -q btrfs
		rm -f /srv/btr.img
		truncate -s 160M /srv/btr.img
		mkfs.btrfs -q -f /srv/btr.img >/dev/null && mount -o loop /srv/btr.img /btr || have_btrfs=0
		mkdir -p /btr/scratch /btr/phi/records
	fi
	for name in "${names[@]}"; do
		[ "${fs[$name]}" = btrfs ] && [ $have_btrfs = 0 ] || dirs+=("${phi[$name]}" "${own[$name]}")
	done
	mkdir -p "${dirs[@]}"
	for name in "${names[@]}"; do
		dir=${phi[$name]}
		[ -d "$dir" ] || continue
		printf -v token '%04x%04x%04x%04x' $RANDOM $RANDOM $RANDOM $RANDOM
		marker[$name]=PHI-SECRET:$name:$token
		# long enough that a file system gives it a block of its own, but for the one
		# that shall lie among the metadata
		if [ "$name" = btrfs_tree_search ]; then
			echo "${marker[$name]}"
		else
			printf '%s\n%2048s\n' "${marker[$name]}" .
		fi >"$dir/secret"
	done
	for dir in /srv/phi /srv/plain /srv/scratch /srv/home /btr/phi /btr/plain /btr/scratch; do
		[ -d $dir ] && chown -R eve: $dir && chmod -R a+rwX $dir
	done
	chmod 1777 /srv
	mkdir -p /opt/ehr/bin /opt/ehr/reader /opt/ehr/loose /opt/ehr/writable /opt/ehr/untouched
	for dir in bin reader loose writable untouched; do
		rm -f /opt/ehr/$dir/*
		install -o root -g root -m 0755 "$battery/ehr-client" /opt/ehr/$dir/ehr-client
	done
	install -o root -g root -m 0755 "$battery/report.sh" /opt/ehr/bin/report.sh
	chown nina: /opt/ehr/loose /opt/ehr/loose/ehr-client /opt/ehr/writable/ehr-client /opt/ehr/untouched/ehr-client
	approve_flows
	sync
}

# The other side of an attack of flow.h is a copy of its program, which the policy approves.
approve_flows() {
	local name list='' flows=()
	for name in "${names[@]}"; do
		[[ "${helper[$name]:-}" != /opt/ehr/flow/* ]] || flows+=("$battery/$name")
	done
	rm -rf /opt/ehr/flow
	mkdir -p /opt/ehr/flow
	if [ ${#flows[@]} != 0 ]; then
		install -o root -g root -m 0755 "${flows[@]}" /opt/ehr/flow/
		list=$(printf ', %s' "${flows[@]##*/}")
		list=${list#, } list=/opt/ehr/flow/${list//, /, /opt/ehr/flow/}
	fi
	for name in "${!caps[@]}"; do
		[ ! -e "/opt/ehr/flow/$name" ] || setcap "${caps[$name]}" "/opt/ehr/flow/$name"
	done
	sed "s#/opt/ehr/flow/attack#${list:-&}#" "$battery/policy.yaml" >"$policy"
}

system_settings() {
	modprobe -q -a overlay loop sctp vsock_loopback algif_skcipher tun brd
	# the attacker's best case: nothing but the agent stands in the way
	for setting in kernel.yama.ptrace_scope=0 kernel.core_pattern=core kernel.unprivileged_userns_clone=1 \
		kernel.io_uring_disabled=0 fs.suid_dumpable=0 fs.protected_hardlinks=1 dev.tty.legacy_tiocsti=1 \
		net.ipv4.tcp_fastopen=3 net.ipv4.conf.lo.route_localnet=1 net.ipv4.conf.lo.accept_local=1 net.ipv4.ping_group_range="0 2147483647"; do
		sysctl -qw "$setting" 2>/dev/null
	done
	ulimit -c unlimited
	# where LD_AUDIT's own copy of libc looks for the loader; the small image has it in /lib64 alone
	[ -e /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 ] || ln -s /lib64/ld-linux-x86-64.so.2 /lib/x86_64-linux-gnu/
	chmod 755 /root 2>/dev/null
}

# Everything a person could see of the labelled files, a line each.
fingerprint() {
	local trees=(/srv/phi /srv/home)
	[ $have_btrfs = 1 ] && trees+=(/btr/phi)
	sync
	echo 3 >/proc/sys/vm/drop_caches # what the disk has
	{
		find "${trees[@]}" -printf '%p| %y %m %U %G %s %T@ %l\n'
		find "${trees[@]}" -type f -exec sha256sum -z {} + | tr "\n\0" " \n" | sed "s#^\\\\\{0,1\}\([0-9a-f]*\)  \(.*\)#\2| sum \1#"
		getfattr -hR -d -m '^(user|system)[.]' --absolute-names "${trees[@]}" 2>/dev/null |
			awk '/^# file: / { file = substr($0, 9); next } NF { print file "| " $0 }'
	} | sort
}

# changed BEFORE AFTER: names of attacks whose labelled files differ.
changed() {
	diff "$1" "$2" | sed -n 's#^[<>] /\(srv\|btr\)/\(phi/records\|home\)/\([^/|]*\).*#\3#p' | sort -u
}

# ---- one attack --------------------------------------------------------------

# The runner's line for an attack's phase.
line_of() { # line_of NAME setup|attack
	local who=${user[$1]} args=
	if [ "$2" = setup ]; then
		[ "${setup_user[$1]:-}" != root ] || who=root-as-eve
	else
		args=${helper[$1]:-}
		args=${args//'$PHI_DIR'/${phi[$1]}} args=${args//'$OWN_DIR'/${own[$1]}} args=${args//'$NAME'/$1}
	fi
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$battery/$1" "$2" "$who" "${phi[$1]}" "${own[$1]}" "$args"
}

run_all() { # run_all PHASE NAME...: result[NAME] is its exit status
	local phase=$1 name status
	shift
	for name; do line_of "$name" "$phase"; done >"$work/list"
	while read -r name status; do
		result[$name]=$status
	done < <("$battery/runner" "$logs" $attack_s <"$work/list")
}

run_attacks() {
	local name able=()
	for name in "${names[@]}"; do
		[ -n "${wrong[$name]:-}" ] || able+=("$name")
	done
	result=()
	[ ${#able[@]} = 0 ] || run_all attack "${able[@]}"
}

# the_log NAME: what its attack printed, in $log
the_log() { log=; read -r -d '' log <"$logs/$1.attack"; }
# The names that a file lists, as keys of the array ARRAY.
# shellcheck disable=SC2034
load() { # load ARRAY FILE
	local -n into=$1
	local line
	into=()
	while read -r line; do into[$line]=1; done <"$2"
}

log_of() { tr '\n' ' ' <"$logs/$1.${2:-attack}" | cut -c1-300; }
helper_log() { [ -z "${helper[$1]:-}" ] || [ ! -s "$logs/$1.helper" ] || { printf ' [helper: '; log_of "$1" helper; printf ']'; }; }

setup_all() { # leaves what cannot be set up in wrong[]
	local name able=()
	wrong=() result=()
	for name in "${names[@]}"; do
		if [ "${fs[$name]}" = btrfs ] && [ $have_btrfs = 0 ]; then
			wrong[$name]="not applicable: no btrfs"
		else
			able+=("$name")
		fi
	done
	run_all setup "${able[@]}"
	for name in "${able[@]}"; do
		case ${result[$name]:-none} in
		0) ;;
		77) wrong[$name]="not applicable: $(log_of "$name" setup)" ;;
		*) wrong[$name]="setup failed (${result[$name]:-not run}): $(log_of "$name" setup)" ;;
		esac
	done
	sync
}

# attempted NAME: true when the attack can be judged; else says why not.
attempted() {
	[ -n "${wrong[$1]:-}" ] || return 0
	case ${wrong[$1]} in
	"not applicable"*) n_na=$((n_na + 1)); ok "attack $1 # skip ${wrong[$1]}" ;;
	*) not_ok "attack $1: ${wrong[$1]}" ;;
	esac
	return 1
}

# ---- 1. unprotected ----------------------------------------------------------

every_attack_works() {
	local name status log
	prepare
	setup_all
	fingerprint >"$work/before"
	run_attacks
	fingerprint >"$work/after"
	changed "$work/before" "$work/after" >"$work/changed"
	load is_changed "$work/changed"
	for name in "${names[@]}"; do
		attempted "$name" || continue
		status=${result[$name]:-255}
		case $status in
		0)
			the_log "$name"
			if [[ "$log" = *"loot: "* && "$log" != *"${marker[$name]}"* ]]; then
				not_ok "unprotected $name: its loot is not the secret: $(log_of "$name")"
			elif [[ "$log" = *"works: "* && "$log" != *"loot: "* ]] && [ "${check[$name]}" = kept ] &&
				[[ "|${op[$name]}|" =~ \|(write|create|rename|link|delete)\| ]] &&
				[[ ! "|${op[$name]}|" =~ \|(read|stat|list)\| ]] && [ -z "${is_changed[$name]:-}" ]; then
				not_ok "unprotected $name: says it changed something and did not: $(log_of "$name")"
			else
				ok "unprotected $name works"
			fi ;;
		77) n_na=$((n_na + 1)); ok "unprotected $name # skip $(log_of "$name")"; na[$name]=1 ;;
		137 | 124) not_ok "unprotected $name: hung: $(log_of "$name")$(helper_log "$name")" ;;
		*) not_ok "unprotected $name: does not work ($status): $(log_of "$name")$(helper_log "$name")" ;;
		esac
	done
	end_holders
}

# ---- 2. protected ------------------------------------------------------------

daemon=
start_agent() {
	local turn
	echo "${settings:+$settings: true}" >"$work/settings.yaml"
	phiwardd --policy "$policy" --settings "$work/settings.yaml" >"$work/phiwardd.log" 2>&1 </dev/null &
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

# What each attack's event must be: name, user, operations, path patterns, what is expected,
# rules, doors, kinds, tab-separated.
wanted() {
	local name person pattern
	for name in "${names[@]}"; do
		[ -z "${wrong[$name]:-}" ] || continue
		person=eve
		[ "${user[$name]}" = nina ] && person=nina
		pattern=${path[$name]}
		[ ! -r "${own[$name]}/event-path" ] || read -r -d '' pattern <"${own[$name]}/event-path"
		pattern=${pattern//'$PHI_DIR'/${phi[$name]}}
		pattern=${pattern//'$OWN_DIR'/${own[$name]}}
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "${who[$name]:-$person}" "${op[$name]}" "$pattern" \
			"${expect[$name]}" "${rule[$name]}" "${door[$name]}" "${kind[$name]}"
	done
}

# heard: names of attacks for which the events hold one that fits.
heard() {
	awk -F '\t' '
	function text(line, key,   at, rest) { # the string value of a key, escapes left in
		at = match(line, "\"" key "\": *\"")
		if (!at)
			return ""
		rest = substr(line, RSTART + RLENGTH)
		return match(rest, /^([^"\\]|\\.)*/) ? substr(rest, 1, RLENGTH) : ""
	}
	function fits(value, patterns,   list, n, i, re) {
		n = split(patterns, list, "|")
		for (i = 1; i <= n; i++) {
			if (list[i] == "*" || list[i] == value)
				return 1
			if (index(list[i], "*")) {
				re = list[i]
				gsub(/[.+?()\[\]{}^$\\]/, "\\\\&", re)
				gsub(/[*]/, ".*", re)
				if (value ~ ("^" re "$"))
					return 1
			}
		}
		return 0
	}
	NR == FNR { name[++n] = $1; who[n] = $2; ops[n] = $3; paths[n] = $4; expect[n] = $5; rules[n] = $6; doors[n] = $7; kinds[n] = $8; next }
	{
		line = $0
		verdict = text(line, "verdict"); op = text(line, "operation"); p = text(line, "path"); u = text(line, "user"); r = text(line, "rule")
		d = text(line, "door"); k = text(line, "kind")
		for (i = 1; i <= n; i++) {
			if (got[i] || (expect[i] == "refused" && verdict != "deny") || (expect[i] == "allowed" && verdict != "allow"))
				continue
			if (!fits(u, who[i]) || !fits(op, ops[i]) || !fits(p, paths[i]) || !fits(r, rules[i]) ||
			    !fits(d, doors[i]) || !fits(k, kinds[i]))
				continue
			# a path that says nothing: then something else must name the attack
			if (who[i] ~ /[|]/) { # of flow.h: the program has its name, the longer of two must not pass for the shorter
				if (paths[i] == "*" && !match(line, "[/\"]" name[i] "[^a-z0-9_]"))
					continue
			} else if (paths[i] ~ /^\*/ && !index(line, substr(name[i], 1, 15)))
				continue
			got[i] = 1
			print name[i]
		}
	}' "$work/wanted" "$work/events" | sort -u
}

every_attack_is_refused() {
	local name status why turn missing error log
	prepare
	setup_all
	fingerprint >"$work/before"
	start_agent || return
	ok "the agent protects"
	# as they happen: there are more of them than the agent keeps in memory
	phiward events --json --follow >"$work/events" 2>"$work/events.err" </dev/null &
	follower=$!
	run_attacks
	wanted >"$work/wanted"
	for ((turn = SECONDS; SECONDS < turn + heard_s; )); do
		heard >"$work/heard"
		load is_heard "$work/heard"
		missing=0
		for name in "${names[@]}"; do
			[ -n "${wrong[$name]:-}" ] || [ "${event[$name]}" = may ] || [ -n "${is_heard[$name]:-}" ] || missing=1
		done
		[ $missing = 0 ] && break
		sleep 0.1
	done
	phiward status --json >"$work/status" 2>&1
	grep -q '"protecting": *true' "$work/status" || not_ok "the agent no longer protects: $(tr '\n' ' ' <"$work/status" | cut -c1-400)"
	if ! stop_agent; then return; fi
	fingerprint >"$work/after"
	changed "$work/before" "$work/after" >"$work/changed"
	load is_changed "$work/changed"
	for name in "${names[@]}"; do
		attempted "$name" || continue
		status=${result[$name]:-255} why=
		the_log "$name"
		error=${log##*refused: }
		[ "$error" != "$log" ] && [[ "$error" =~ :\ ([A-Z]+)([[:space:]]|$) ]] && error=${BASH_REMATCH[1]} || error=
		[ "${event[$name]}" = may ] || [ -n "${is_heard[$name]:-}" ] || why="no fitting event"
		# what an earlier run left lying about proves nothing
		if [[ "$log" = *"loot: "* && "$log" != *"${marker[$name]}"* ]]; then
			not_ok "attack $name: its loot is not the secret: $(log_of "$name")"
			continue
		fi
		case $status in
		0 | 1) ;;
		77) n_na=$((n_na + 1)); ok "attack $name # skip $(log_of "$name")"; continue ;;
		137 | 124) not_ok "attack $name: hung: $(log_of "$name")$(helper_log "$name")"; continue ;;
		*) not_ok "attack $name: broken ($status): $(log_of "$name")$(helper_log "$name")"; continue ;;
		esac
		if [ "${check[$name]}" = kept ] && [ -n "${is_changed[$name]:-}" ]; then
			why="${why:+$why, }the labelled files have changed"
		fi
		case ${expect[$name]} in
		refused)
			if [ "$status" = 0 ] || [[ "$log" = *"${marker[$name]}"* ]]; then
				not_ok "attack $name: WORKS: $(log_of "$name")${why:+ ($why)}"
			elif [ -n "$why" ]; then
				not_ok "attack $name: refused ($error), but $why"
			elif [ "${errno[$name]}" != '*' ] && [[ "|${errno[$name]}|" != *"|$error|"* ]]; then
				not_ok "attack $name: refused with $error instead of ${errno[$name]}"
			else
				n_refused=$((n_refused + 1))
				ok "attack $name refused ($error)"
			fi ;;
		reported)
			if [ -n "$why" ]; then
				not_ok "attack $name: $why"
			elif [ "$status" = 0 ]; then
				n_reported=$((n_reported + 1))
				ok "attack $name reported"
			else
				n_refused=$((n_refused + 1))
				ok "attack $name reported, and refused ($error)"
			fi ;;
		allowed)
			if [ "$status" != 0 ]; then
				not_ok "attack $name: refused ($error), and it is allowed: $(log_of "$name")$(helper_log "$name")"
			elif [ -n "$why" ]; then
				not_ok "attack $name: $why"
			else
				n_allowed=$((n_allowed + 1))
				ok "attack $name works # allowed"
			fi ;;
		open)
			if [ "$status" = 0 ]; then
				n_open=$((n_open + 1))
				ok "attack $name works # known"
			else
				n_refused=$((n_refused + 1))
				ok "attack $name refused ($error) # known to be open elsewhere"
			fi ;;
		esac
	done
}

# ---- elsewhere ---------------------------------------------------------------

# These reach for something labelled, or for the approved program, wherever they stand
# (handle_*: a file without a name, on a file system that has labels, is refused).
# Refused beside a tree by design, or so far (docs/LIMITS.md): whole devices and file systems.
not_elsewhere='raw_block|raw_block_mknod|raw_block_preopen|loop_dev|second_mount|fanotify_sb|glob_old|glob_later
rename_ancestor|rename_treeroot|rename_into_glob|rename_root_ancestor|rename_between|open_dotdot|userns_chroot|pivot_tree
openat2_inroot|btrfs_snapshot_above|btrfs_tree_search|pidfd_getfd|pidfd_getfd_own|proc_fd|proc_map_files|vm_readv|vm_readv_own
vm_writev_own|proc_mem|proc_mem_own|ptrace_peek|ptrace_seize|ptrace_traceme|ld_preload|ld_audit|ld_library_path|path_bind_over_exe|overlay_exe
scm_rights|inherit_fd|handle_cold|handle_poison|coredump_client|script_interpreter|script_env|replaced_exe|writable_exe|writable_unchanged|userns_upper
chain_vm_readv|file_btrfs_snapshot|file_forgotten_handle|btrfs_snapshot|btrfs_snapshot_preopen|btrfs_send|preopen_move_ext|raw_block_write|fanotify_mount|second_mount_api|fat_case|fat_case_later|fat_short_name|fs_ext4_again'

every_attack_works_elsewhere() {
	local name status log fit=()
	for name in "${names[@]}"; do
		[[ "|${not_elsewhere//$'\n'/|}|" != *"|$name|"* ]] || continue
		fit+=("$name")
		case ${fs[$name]} in
		btrfs) phi[$name]=/btr/plain/$name ;;
		*) phi[$name]=/srv/plain/$name ;;
		esac
	done
	names=("${fit[@]}")
	prepare
	setup_all
	start_agent || return
	run_attacks
	phiward events --json --limit 100000 --verdict deny >"$work/denials" 2>&1
	phiward status --json >"$work/status" 2>&1
	grep -q '"protecting": *true' "$work/status" || not_ok "the agent no longer protects: $(tr '\n' ' ' <"$work/status" | cut -c1-400)"
	stop_agent
	for name in "${names[@]}"; do
		attempted "$name" || continue
		status=${result[$name]:-255}
		case $status in
		0) ok "elsewhere $name works" ;;
		77) n_na=$((n_na + 1)); ok "elsewhere $name # skip $(log_of "$name")" ;;
		*) not_ok "elsewhere $name: does not work ($status): $(log_of "$name")$(helper_log "$name")" ;;
		esac
	done
	status=$(grep -c '"verdict": *"deny"' "$work/denials")
	[ "$status" = 0 ] && ok "no denial elsewhere" || not_ok "$status denials elsewhere: $(grep -o '"path":"[^"]*"\|"comm":"[^"]*"' "$work/denials" | sort -u | head -8 | tr '\n' ' ')"
}

# ---- 3. nothing is left ------------------------------------------------------

stop_agent() {
	local turn
	[ -n "$daemon" ] || return 0
	kill -TERM "$daemon"
	for ((turn = 0; turn < 300; turn++)); do
		kill -0 "$daemon" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$daemon" 2>/dev/null; then
		not_ok "the daemon does not stop within 30 s"
		kill -KILL "$daemon"
		daemon=
		return 1
	fi
	wait "$daemon"
	local status=$?
	daemon=
	[ $status = 0 ] || not_ok "the daemon ended with $status: $(tail -n 3 "$work/phiwardd.log" | tr '\n' ' ')"
	return 0
}

nothing_is_left() {
	local turn left
	for ((turn = 0; turn < 100; turn++)); do # the kernel frees programs when it gets round to it
		left=$(bpftool prog list 2>/dev/null | grep -c ' name pw_')
		[ "$left" = 0 ] && break
		sleep 0.1
	done
	if [ "$left" = 0 ]; then
		ok "no program of the agent is left in the kernel"
	else
		not_ok "programs left in the kernel: $(bpftool prog list | grep ' name pw_' | head -3 | tr '\n' ' ')"
	fi
	left=$(ls -A /sys/fs/bpf/phiward 2>/dev/null | tr '\n' ' ')
	if [ -z "$left" ]; then ok "nothing is pinned"; else not_ok "still pinned: $left"; fi
	if [ -x "$battery/open_plain" ]; then
		names=(open_plain)
		user[open_plain]=eve fs[open_plain]=ext4
		phi[open_plain]=/srv/phi/records/open_plain own[open_plain]=/srv/scratch/open_plain
		prepare
		run_all attack open_plain
		[ "${result[open_plain]}" = 0 ] && ok "without the agent the file opens again" || not_ok "the file does not open after the agent's end: $(log_of open_plain)"
	fi
}

catalogue
system_settings
started=$SECONDS
[ $unprotected = 0 ] || every_attack_works
if [ $elsewhere = 1 ]; then
	every_attack_works_elsewhere
fi
if [ $protected = 1 ]; then
	if command -v phiwardd >/dev/null; then
		if [ $unprotected = 1 ]; then
			for name in "${!na[@]}"; do unset "na[$name]"; done
		fi
		every_attack_is_refused
		stop_agent
		nothing_is_left
	else
		not_ok "there is no phiwardd in this guest"
	fi
fi
end_holders
echo "# attacks on $(uname -r): $n_refused refused, $n_reported reported, $n_open known to work, $n_allowed allowed, $n_na not applicable, $((SECONDS - started)) s"
echo "# $n_ok ok, $n_bad not ok"
[ $n_bad = 0 ]
