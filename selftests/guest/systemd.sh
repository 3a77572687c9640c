#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1
# vm: --image systemd --timeout 900
# vm: --add Makefile:/opt/phiward/Makefile --add agent:/opt/phiward/agent --add systemd:/opt/phiward/systemd
# vm: --add rules:/opt/phiward/rules --add docs/man:/opt/phiward/docs/man
# The README's third command on a Debian with systemd, from `make install` to `make uninstall`:
# ready means protecting; people who log in through PAM are who the events name; the watchdog
# and kill -9; reload with a good policy and a bad one; observe, then enforce; stop leaves
# nothing; the journal holds no name of a file.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

name=Erika-Mustermann-1960 # what nobody may read in a log
tree=/var/lib/orthanc      # of the rules as they are installed
file=$tree/db/$name.dcm
rules=/etc/phiward/policy.d
# what passes on what the tests print takes no labels
printf 'phiward: 1\nhubs:\n  guest: {paths: [/usr/sbin/supervise, /usr/bin/script]}\n' >$rules/05-guest.yaml
journal() { journalctl --no-pager -q "$@"; }
unit() { systemctl show -P "$1" phiwardd.service; }
told() { journal -u phiwardd.service | grep -qE -- "$1"; }
event() { phiward events --json | $json "$@" >/dev/null; }
mode_is() { [ "$(st mode)" = "$1" ]; }
make_in=(make -s --no-print-directory -C /opt/phiward)
no_agent() { ! pgrep -x phiwardd >/dev/null; }

# runs NAME COMMAND...: it succeeds, within the time that a start may take here.
runs() {
	local what=$1
	shift
	if timeout -s KILL $((start_s * patience)) "$@" >$work/out 2>&1 </dev/null; then
		ok "$what"
	else
		not_ok "$what: $(head -c 300 $work/out)"
	fi
}

# login_as USER <COMMANDS: a login shell of USER, by login(1) on a terminal, runs them.
login_as() {
	local home=/home/$1
	{ cat; echo 'exit 0'; } >"$home/.bash_profile"
	touch "$home/.hushlogin"
	rm -f $work/login
	timeout -s KILL 300 script -qec "login -f $1" /dev/null </dev/null 2>&1 | tr -d '\r\0' >$work/login
}

prepare() {
	mkdir -p /opt/phiward/build/bin
	cp /usr/sbin/phiwardd /usr/bin/phiward /opt/phiward/build/bin/
	mkdir -p $tree/{db,mnt} /etc/systemd/system/phiwardd.service.d
	echo PHI-SECRET >"$file"
	chmod -R a+rX $tree
	printf '[Service]\nWatchdogSec=10\n' >/etc/systemd/system/phiwardd.service.d/test.conf
}

installed() {
	exits "phiward doctor: this kernel can" 0 "" phiward doctor
	doesnt "installed, not started: no agent yet" systemctl -q is-active phiwardd.service
	doesnt "... and not enabled" systemctl -q is-enabled phiwardd.service
	systemd-analyze verify --man=no phiwardd.service >$work/out 2>&1
	is "systemd has nothing to say against the unit" "$(cat $work/out)" ""
}

enabled() {
	runs "systemctl enable --now phiwardd" systemctl enable --now phiwardd
	is "ready means protecting, at once" "$(st protecting)" true
	is "the unit is active" "$(unit ActiveState)/$(unit StatusText)" active/protecting
	does "... and enabled" systemctl -q is-enabled phiwardd.service
	is "the rules that come with it observe" "$(st mode)" observe
	is "no core dumps of its memory" "$(awk '/Max core/ { print $5, $6 }' "/proc/$(unit MainPID)/limits")" "0 0"
	systemd-analyze security phiwardd.service --no-pager 2>/dev/null | tail -n 1 >$work/out
	sed 's/^/# /' $work/out
	at_most "exposure by systemd-analyze, in tenths" "$(grep -oE '[0-9]+\.[0-9]' $work/out | tr -d .)" 50 "of 100"
}

# What a workstation's people do; the names stand in no command, sudo would log them itself.
logged_in() {
	login_as nina <<-EOT
		echo "as \$(id -un) \$(cat /proc/self/loginuid) \$(tty)"
		cat $tree/*/* && echo "read it"
		echo "manager \$(systemctl is-active user@1000.service)"
		sudo sh -c 'cat $tree/*/* >/dev/null; echo "sudo \$(id -un) \$(cat /proc/self/loginuid)"'
	EOT
	does "login(1) through PAM sets the login uid" grep -qE '^as nina 1000 /dev/pts/' $work/login
	# which asks secure_getenv(3) for its directory
	does "... and starts a service manager of her own" grep -qx "manager active" $work/login
	does "observe: the record is read" grep -qx "read it" $work/login
	does "sudo keeps the login uid" grep -q "sudo root 1000$" $work/login
	does "the event names the person who logged in" wait_for 10 event verdict=would-deny operation=read \
		path="$file" actor.user=nina actor.auid=1000 actor.uid=1000
	does "... behind sudo, too" wait_for 10 event verdict=would-deny operation=read \
		path="$file" actor.user=nina actor.auid=1000 actor.uid=0
	doesnt "... with an audit session" event actor.auid=1000 actor.session=null
	systemd-run -q --pipe --wait --collect -p PAMName=login -p User=carol \
		sh -c "cat $tree/*/*" >/dev/null 2>$work/err </dev/null
	does "a service's PAM session is a person, too" wait_for 10 event verdict=would-deny operation=read \
		path="$file" actor.user=carol actor.auid=1001
	systemd-run -q --pipe --wait --collect sh -c "cat $tree/*/*" >/dev/null 2>$work/err </dev/null
	does "a service without a login has no login uid" wait_for 10 event verdict=would-deny operation=read \
		path="$file" actor.auid=null actor.uid=0
}

reloaded() {
	local before
	before=$(st policy.id)
	printf 'phiward: 1\nrules:\n  - {id: broken, allow: [read], labels: [nonsense]}\n' >$rules/50-site.yaml
	exits "systemctl reload with a bad policy fails" '[1-9]*' "" systemctl reload phiwardd
	does "... the journal has file:line:column" told "$rules/50-site.yaml:3:[0-9]+: error: .*nonsense"
	does "... and that the one before stays" told "the one before stays in force"
	is "... which it does" "$(st policy.id) $(st protecting) $(unit ActiveState)" "$before true active"
	kill -HUP "$(unit MainPID)"
	does "SIGHUP says the same" wait_for 20 told "the policy has errors; the policy before stays in force"
	printf 'phiward: 1\nrules:\n  - {id: site, allow: [list, stat, read], labels: [imaging], programs: [site]}\nprograms:\n  site: {paths: [/usr/bin/head]}\n' >$rules/50-site.yaml
	runs "systemctl reload with a good one" systemctl reload phiwardd
	is "... puts it in force before it returns" "$([ "$(st policy.id)" != "$before" ] && st policy.rules)" 7
	sed -i 's/^mode:.*/mode: enforce/' $rules/00-mode.yaml
	runs "reload after the mode was changed" systemctl reload phiwardd
	is "... to enforce" "$(st mode) $(st protecting)" "enforce true"
}

enforced() {
	login_as nina <<-EOT
		cat $tree/db/$name.dcm || echo "cat refused"
		head -n 1 $tree/db/$name.dcm
	EOT
	does "enforce: a logged-in person is refused" grep -qx "cat refused" $work/login
	does "... with a program that a rule allows it is read" grep -qx PHI-SECRET $work/login
	does "... the denial is told" wait_for 10 event verdict=deny operation=read path="$file" actor.user=nina
	mount -t tmpfs none $tree/mnt
	does "what is mounted inside a tree is guarded" wait_for 20 refused_list $tree/mnt
	does "... and can be unmounted" wait_for 5 umount $tree/mnt
}
refused_list() { as-user eve ls "$1" >$work/out 2>&1 && return 1; grep -q 'Operation not permitted' $work/out; }

restarts() { [ "$(unit NRestarts)" -ge "$1" ]; }
back() { restarts "$1" && [ "$(unit ActiveState)" = active ]; }

stopped_in_its_tracks() {
	kill -STOP "$(unit MainPID)"
	does "SIGSTOP: the watchdog restarts it (after $waited_ms ms)" wait_for $start_s back 1
	does "... and says why" told "[Ww]atchdog timeout"
	is "... it protects again" "$(st protecting)" true
	does "... and refuses" refused "$file"
}

# What is opened while nobody guards is told and taken back by the next agent.
killed() {
	as-user eve bash -c 'until { exec 3<"$1"; } 2>/dev/null; do sleep 0.1; done
		echo open >/tmp/held; until [ -e /tmp/go ]; do sleep 0.1; done; cat <&3 >/tmp/got 2>&1; echo done >>/tmp/held' \
		eve "$file" &
	kill -KILL "$(unit MainPID)"
	does "kill -9: systemd starts it again" wait_for $start_s back 2
	is "... it protects again" "$(st protecting)" true
	does "... the journal tells of the end" told "code=killed, status=9/KILL"
	does "... the event log, of a new run" test "$($json -p run </var/log/phiward/events.jsonl | sort -u | wc -l)" -ge 2
	if [ -e /tmp/held ]; then
		does "what was opened in the gap is told" wait_for 20 event kind=open-before-start actor.auid=1002 path="$file"
	else
		not_ok "nothing could be opened in the gap: there was none?"
	fi
	touch /tmp/go
	wait $!
	does "... and refused from then on" grep -q 'Operation not permitted' /tmp/got
}

stopped() {
	runs "systemctl stop" systemctl stop phiwardd
	is "... ends well" "$(unit ActiveState)/$(unit Result)/$(unit ExecMainStatus)" inactive/success/0
	does "... no program and no map is left" wait_for 20 nothing_loaded
	doesnt "... nothing in /run" test -e /run/phiward
	doesnt "... no pins" test -e /sys/fs/bpf/phiward
	does "... no helper" wait_for 5 no_helper
	does "... the file is read as before" readable "$file"
}

silent() {
	journal -o export >$work/journal
	does "(the journal is all there)" grep -aq 'NOT PROTECTING\|protecting' $work/journal
	# sudo and systemd log commands, which the tests keep free of the name
	is "the journal holds no name of a file below a tree" "$(grep -ac "$name" $work/journal)" 0
	is "nor does the event log" "$(grep -c "$name" $events_log)" 0
	does "(which has events)" test "$(wc -l <$events_log)" -gt 10
	is "nothing was denied to the agent itself" "$(journal -u phiwardd.service -p err | grep -c 'not permitted')" 0
}

removed() {
	runs "start again" systemctl start phiwardd
	runs "install over it" "${make_in[@]}" install-files
	is "... keeps what was changed in /etc" "$(grep ^mode: $rules/00-mode.yaml)" "mode: enforce"
	does "... and goes on protecting" protecting
	runs "make uninstall" "${make_in[@]}" uninstall
	does "... stops the agent" no_agent
	is "... leaves no program, unit or page" "$(ls /usr/sbin/phiward* /usr/bin/phiward* /usr/share/man/man?/phiward* \
		/usr/lib/systemd/system/phiward* /etc/systemd/system/*/phiwardd.service /usr/share/bash-completion/completions/phiward 2>/dev/null)" ""
	does "... but the policy" test -s $rules/00-mode.yaml
	does "... and the evidence" test -s $events_log -a -s /var/lib/phiward/token.key
	is "... nor a unit to systemd's mind" "$(systemctl show -P LoadState phiwardd.service)" not-found
	login_as nina <<<"cat $tree/*/*"
	does "people log in and read as if it had never been" grep -qx PHI-SECRET $work/login
	is "the system is well: no unit has failed" \
		"$(systemctl is-system-running) $(systemctl --failed --plain --no-legend | tr -s ' \n' ' ')" "running "
}

prepare
installed
enabled
logged_in
reloaded
enforced
stopped_in_its_tracks
killed
stopped
silent
removed
finish
