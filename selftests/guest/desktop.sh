#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --image systemd --timeout 900 --memory 1536
# kernels: 6.1
# The battery of ordinary work on a workstation that systemd has booted, with the hubs that are
# shipped: D-Bus, services, X11 by Xvfb, cups, ssh, a file server mounted by NFS, packages, a
# compiler, editors, bubblewrap. While a program elsewhere on the host holds a label all of it
# does what it is to do, and nothing of it is refused or comes to a label. Then a holder works
# at that desktop: hubs serve it and take no label; it prints where a place allows it.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"
# shellcheck source=selftests/ordinary/battery.bash
. "$PHIWARD_TESTS/ordinary/battery.bash"

rules=$work/policy.d
events_now() { phiward events --json --limit 100000 2>/dev/null; }
event() { events_now | $json "$@" >/dev/null; }
told() { local name=$1; shift; does "$name" wait_for 5 event "$@"; }
nina() { as-user nina "$@" </dev/null >/dev/null 2>&1; }

# A command of nina's in a process that has read a record: from the start it holds the label.
# What it says is not for us to read.
at_desk() { nina timeout 60 /opt/ehr/bin/hold "$record" -- "$@"; }

display_up() { nina env DISPLAY=:8 xdpyinfo; }
holder_at_desk() {
	(as-user nina setsid Xvfb :8 -screen 0 320x200x16 -nolisten tcp -noreset </dev/null >/dev/null 2>&1 &)
	does "a display" wait_for 30 display_up
	does "a holder writes a file" at_desk bash -c 'echo known >/srv/holder/desk'
	does "... which takes the label" refused /srv/holder/desk
	rm -f /srv/holder/desk
	does "it writes to the log" at_desk logger -t desk "a line"
	does "it asks the bus" at_desk dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId
	does "it asks services over the bus" at_desk busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager IdleAction
	does "it asks for the state of a service" at_desk systemctl is-active dbus.service
	does "it looks up a host" at_desk getent hosts phiward-guest
	does "it sets a property of the screen" at_desk env DISPLAY=:8 xprop -root -f DESK 8s -set DESK said
	does "somebody else's program sees it" nina env DISPLAY=:8 xprop -root DESK
	only_holder "a holder at the desktop"
	is "... files alone were labelled by it" "$(events_now | $json -p path kind=labelled process.exe!=/opt/ehr/bin/hold | sort -u | tr '\n' ' ')" "/srv/holder/desk "
	pkill -u nina -x Xvfb
}

# Nobody but the holder holds, nothing but its own carries.
only_holder() { # only_holder NAME
	spread_is() { [ "$(spread_now)" = "$spread" ]; }
	does "$1: what it did is forgotten with it" wait_for 20 spread_is
	is "$1: ... held by nobody else" "$(holders)" ""
	# what took it by itself; a child has it from its parent
	is "$1: ... and taken by none of the desktop's" "$(events_now | $json -p process.exe kind=took-label | sort -u | grep -vxE '/opt/ehr/bin/hold|/usr/bin/lp')" ""
}

printed() { grep -qs "$1" /var/spool/cups/d*; }
printing() {
	echo "a letter without a record" >/srv/plain-letter
	does "nina prints a letter" nina timeout 60 lp -d ward /srv/plain-letter
	does "... it is in the queue" wait_for 20 printed "without a record"
	doesnt "lp prints no record" nina timeout 60 lp -d ward $record
	told "... it is refused at the door of printers" kind=access verdict=deny operation=send door=printer process.exe=/usr/bin/lp
	doesnt "nor from a program that holds one" at_desk timeout 50 lp -d ward /srv/plain-letter
	doesnt "... and not a word of it is in the queue" printed PHI-SECRET
	cancel -a -x 2>/dev/null
	cat >"$rules/05-printers.yaml" <<-EOT
		phiward: 1
		places:
		  ward: {printers: [ward]}
		rules:
		  - {id: to-ward, allow: [send], labels: [records], actors: [clinicians], programs: [letters], to: [ward]}
	EOT
	if phiward policy load >$work/load 2>&1; then ok "a policy with a printer as a place"; else not_ok "a policy with a printer as a place: $(head -c 300 $work/load)"; fi
	does "lp prints the record" nina timeout 60 lp -d ward $record
	does "... it is in the queue" wait_for 20 printed PHI-SECRET
	told "... the event names the rule" verdict=allow operation=send door=printer rule=to-ward
	only_holder "printing"
	cancel -a -x 2>/dev/null
}

modprobe -q -a nfsd nfs nfsv4 overlay
mkdir -p "$rules"
cp "$here/policy.yaml" "$rules/10-battery.yaml"
cp "$PHIWARD_TESTS/rules/30-hubs.yaml" "$rules/"
battery_all "$here/desktop" 110 "$rules"
holder_at_desk
printing
stop_holder
finish
