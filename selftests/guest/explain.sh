#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1
# What `phiward explain --to` says is what the kernel half does: the same destinations, asked
# and tried, under rules with and without places.
# shellcheck disable=SC2154
. "$PHIWARD_TESTS/guest/lib.sh"

sends=$tools/sends
ip link set lo up 2>/dev/null || ifconfig lo up
make_store
mkdir -p /srv/export/deep /srv/hubs /run/cups
chmod 1777 /srv/export /srv/export/deep /srv/hubs

destinations=(
	tcp:127.0.0.2:5104 tcp:127.0.0.2:5105 tcp:127.0.0.3:5104 tcp:127.1.2.3:9 udp:127.0.0.2:5104
	udp:127.0.0.53:53 tcp:127.0.0.53:53 udp:127.1.0.1:7 "tcp:[::1]:5104" "tcp:[::1]:5105"
	"tcp:[::ffff:127.0.0.2]:5104" "udp:[::ffff:127.0.0.9]:53" tcp:127.9.9.9:631 tcp:0.0.0.0:77
	unix:/srv/hubs/one.sock unix:/srv/hubs/two.sock unix:@hub unix:@other
	unix:/run/cups/cups.sock
	dir:/srv/export dir:/srv/export/deep
)

with_places='  - {id: out, allow: [send], labels: [records], actors: [clinicians], programs: [sends], to: [pacs, six, host]}
  - {id: files, warn: [send], labels: [records], programs: [sends], to: [out]}
  - {id: name, deny: [send], labels: [records], to: [dns]}
  - {id: paper, deny: [send], labels: [records], to: [paper]}'
without_places='  - {id: home, allow: [send], labels: any, programs: [sends], to: [host, paper]}
  - {id: no-net, deny: [send], labels: any, to: [pacs, six, dns, out]}
  - {id: anywhere, allow: [send], labels: any, programs: [sends]}'

write_doors() { # write_doors RULES
	cat >$policy <<-EOT
		phiward: 1
		mode: enforce
		labels:
		  records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}
		actors:
		  clinicians: {groups: [clinicians]}
		programs:
		  ehr: {paths: [/usr/bin/head]}
		  sends: {paths: [$sends]}
		places:
		  pacs: {network: ["127.0.0.2:5104", 127.1.0.0/16], protocol: tcp}
		  six: {network: ["[::1]:5104"]}
		  host: {network: ["0.0.0.0/0:77"]}
		  dns: {network: ["127.0.0.0/8:53"], protocol: udp}
		  paper: {printers: [ward3]}
		  out: {directories: [/srv/export]}
		hubs:
		  hub: {sockets: ["/srv/hubs/o*.sock", "@hub"]}
		rules:
		  - {id: read, allow: [read, list], labels: [records], actors: [clinicians], programs: [ehr, sends]}
		$1
		  - {id: rest, deny: all, labels: any}
	EOT
}

asked() { # asked DEST: sent or refused, as explain has it
	case $(phiward explain --policy $policy --user nina --group clinicians --exe "$sends" --to "$1" --holding records --json |
		$json -p verdict) in
	allow | warn) echo sent ;;
	deny) echo refused ;;
	*) echo nothing ;;
	esac
}

compare() { # compare NAME
	local verdict dest
	as-user nina "$sends" /srv/phi/records/a "${destinations[@]}" >$work/tried 2>$work/err
	is "$1: all were tried" "$(wc -l <$work/tried) $(cat $work/err)" "${#destinations[@]} "
	while read -r verdict dest; do
		is "$1: $dest" "$verdict" "$(asked "$dest")"
	done <$work/tried
	is "$1: some are sent, some are refused" "$(cut -d' ' -f1 <$work/tried | sort -u | tr '\n' ' ')" "refused sent "
}

"$sends" --listen unix:/srv/hubs/one.sock unix:/srv/hubs/two.sock unix:@hub unix:@other unix:/run/cups/cups.sock >$work/listening &
listener=$!
does "somebody listens" wait_for 10 grep -q ready $work/listening

write_doors "$with_places"
start_agent
compare places
write_doors "$without_places"
does "a rule without places is loaded" phiward policy load
compare anywhere
kill $listener
finish
