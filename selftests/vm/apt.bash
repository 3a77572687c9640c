# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Where this machine gets Debian from. Sourced by what fetches from there (kernel,
# image-systemd), so that no address is written down here.

# Prints "URI SUITE" of every enabled source that offers the main component.
machine_sources() {
	shopt -s nullglob
	local f
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -r "$f" ] || continue
		sed -n 's/#.*//; s/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}//p' "$f" |
			awk '/ main/ { print $1, $2 }'
	done
	for f in /etc/apt/sources.list.d/*.sources; do
		awk '
		function flush(  i, j, u, s, nu, ns) {
			if (types ~ /deb( |$)/ && enabled != "no" && comps ~ /main/) {
				nu = split(uris, u, " "); ns = split(suites, s, " ")
				for (i = 1; i <= nu; i++) for (j = 1; j <= ns; j++) print u[i], s[j]
			}
			types = uris = suites = comps = enabled = ""
		}
		/^#/ { next }
		/^[[:space:]]*$/ { flush(); next }
		/^[^[:space:]]/ { key = tolower($1); sub(/^[^:]*:[[:space:]]*/, "") }
		key ~ /^types:/ { types = types " " $0 }
		key ~ /^uris:/ { uris = uris " " $0 }
		key ~ /^suites:/ { suites = suites " " $0 }
		key ~ /^components:/ { comps = comps " " $0 }
		key ~ /^enabled:/ { enabled = $0 }
		END { flush() }' "$f"
	done
}

own_release() { (. /etc/os-release && echo "${VERSION_CODENAME:-}"); }

# The archive that serves our own release serves the others too.
archive_of() { # archive_of SUITE
	local own want=$1
	own=$(own_release)
	case $want in *-security) own=$own-security ;; esac
	machine_sources | awk -v own="$own" '$2 == own { print $1; exit }'
}

# Lines for a sources.list, of those of these suites that the archive has.
sources_for() { # sources_for SUITE...
	local suite uri signed=""
	if [ -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
		signed="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
	fi
	for suite; do
		uri=$(archive_of "$suite")
		[ -z "$uri" ] || echo "deb $signed$uri $suite main"
	done
}
