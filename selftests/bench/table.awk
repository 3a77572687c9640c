# SPDX-License-Identifier: GPL-3.0-or-later
# awk -v kernel=K [-v json=FILE] -f table.awk bars CONFIG.tsv...: the tables of the bench,
# and JSON of all of it. Exit 3: a bar is missed.
BEGIN {
	FS = "\t"
	base = "1 trees, 1 rules"
	first_json = 1
}

FNR == 1 {
	config = FILENAME
	sub(/.*\//, "", config)
	sub(/\.tsv$/, "", config)
	phase = config
	if (config != "bars" && !(config in has)) {
		has[config] = 1
		if (config !~ /^(unloaded|floor|phiward|flat|marks)$/)
			peer[++n_peers] = config
	}
}
config == "bars" && !/^#/ { against[$1] = $2; bar[$1] = $3; next }
$1 == "phase" { phase = $2; phases[config, ++n_phases[config]] = phase; next }
$1 == "hook" { hooks[config] = hooks[config] " " $2; n_hooks[config]++; hook[config, $2] = 1; next }
$1 == "figure" { figure[phase, $2] = $4; unit[$2] = $3; if (config ~ /^(flat|marks)$/) next; figures[++n_figures] = phase SUBSEP $2; next }
$1 == "result" {
	value[phase, $2] = $3
	mean[phase, $2] = $4
	turns[phase, $2] = $5
	refused[phase, $2] = $6
	if (!($2 in known)) {
		known[$2] = 1
		cases[++n_cases] = $2
	}
}

function have(c, name) { return (c, name) in value }
function num(c, name) { return have(c, name) ? sprintf("%.0f", value[c, name]) : "-" }
function ratio(c, name, to) {
	if (!have(c, name) || !have(to, name) || value[to, name] == 0)
		return "-"
	return sprintf("%.3f", value[c, name] / value[to, name])
}
function or_null(text) { return text == "-" || text == "" ? "null" : text }

# What is wrong with a measurement itself: things were refused, or were not.
function wrong(c, name) {
	if (!have(c, name))
		return ""
	if ((c == "phiward" || c ~ /trees|marks/) && name ~ /^refused/)
		return refused[c, name] == turns[c, name] ? "" : "only " refused[c, name] " of " turns[c, name] " refused"
	return refused[c, name] == 0 ? "" : refused[c, name] " of " turns[c, name] " failed"
}

function judge(name, c,    limit) {
	if (wrong(c, name) != "")
		return "WRONG: " wrong(c, name)
	if (!(name in bar) || !have(c, name))
		return ""
	if (against[name] == "value")
		limit = bar[name]
	else if (against[name] == "more")
		limit = value["floor", name] + bar[name]
	else if (have(against[name], name))
		limit = value[against[name], name] * bar[name]
	else
		return ""
	return value[c, name] <= limit ? "ok" : sprintf("OVER by %.0f", value[c, name] - limit)
}
function bar_text(name) {
	if (!(name in bar))
		return ""
	if (against[name] == "value")
		return "<= " bar[name]
	if (against[name] == "more")
		return "floor + " bar[name]
	return against[name] " x" bar[name]
}

function put(name, u, c, of) {
	if (json == "" || !have(c, of))
		return
	printf "%s\n  {\"case\": \"%s\", \"kernel\": \"%s\", \"unit\": \"%s\", \"value\": %s, \"floor\": %s, \"unloaded\": %s, \"ratio_floor\": %s, \"ratio_unloaded\": %s, \"mean\": %s}", \
		first_json ? "" : ",", name, kernel, u, num(c, of), or_null(num("floor", of)), or_null(num("unloaded", of)), \
		or_null(ratio(c, of, "floor")), or_null(ratio(c, of, "unloaded")), or_null(mean[c, of]) >json
	first_json = 0
}
function put_figure(name, u, v) {
	if (json == "" || v == "")
		return
	printf "%s\n  {\"case\": \"%s\", \"kernel\": \"%s\", \"unit\": \"%s\", \"value\": %s, \"floor\": null, \"unloaded\": null, \"ratio_floor\": null, \"ratio_unloaded\": null}", \
		first_json ? "" : ",", name, kernel, u, v >json
	first_json = 0
}

# The way down into directories never seen: a line through 4 and 16 levels.
function derive(c,    four, sixteen) {
	if (!have(c, "open in 4 new directories") || !have(c, "open in 16 new directories") || !have("floor", "open in 4 new directories"))
		return
	four = value[c, "open in 4 new directories"] - value["floor", "open in 4 new directories"]
	sixteen = value[c, "open in 16 new directories"] - value["floor", "open in 16 new directories"]
	value[c, "new directory: a level"] = (sixteen - four) / 12
	value[c, "new directory: constant"] = four - 4 * value[c, "new directory: a level"]
}

# What stands beside a holder is measured against the same without one.
function beside(name,    alone) {
	alone = name
	if (!sub(/^holder elsewhere: /, "", alone))
		return
	if (have("floor", alone))
		value["floor", name] = value["floor", alone]
	if (have("unloaded", alone))
		value["unloaded", name] = value["unloaded", alone]
}

# The phases of a configuration side by side, against the first.
function flat_table(config, text,    i, p, n, name, worst, verdict, off, first) {
	n = n_phases[config]
	first = phases[config, 1]
	head_line(text)
	printf "%-44s", ""
	for (p = 1; p <= n; p++) {
		text = phases[config, p]
		sub(/ trees, /, "/", text)
		sub(/ rules/, "", text)
		printf " %12s", text
	}
	print "   furthest off"
	for (i = 1; i <= n_cases; i++) {
		name = cases[i]
		if (!have(first, name))
			continue
		printf "%-44s", name
		worst = 0
		verdict = ""
		for (p = 1; p <= n; p++) {
			printf " %12s", num(phases[config, p], name)
			if (wrong(phases[config, p], name) != "")
				verdict = "WRONG: " wrong(phases[config, p], name)
			if (!have(phases[config, p], name))
				continue
			off = value[phases[config, p], name] / value[first, name] - 1
			if ((off < 0 ? -off : off) > (worst < 0 ? -worst : worst))
				worst = off
			put(name " [" phases[config, p] "]", "instructions", phases[config, p], name)
		}
		if (verdict == "")
			verdict = worst > 0.02 || worst < -0.02 ? "OVER" : "ok"
		missed += verdict != "ok"
		printf "   %+6.2f%%  %s\n", 100 * worst, verdict
	}
}
# Figures of the phases, as far as they were taken.
function flat_figures(config, name,    p) {
	printf "%-44s", name ", " unit[name]
	for (p = 1; p <= n_phases[config]; p++) {
		printf " %12s", figure[phases[config, p], name]
		put_figure(name " [" phases[config, p] "]", unit[name], figure[phases[config, p], name])
	}
	print ""
}

function head_line(text) { print "\n" text; gsub(/./, "-", text); print text }

END {
	if (json != "")
		printf "[" >json
	if ("phiward" in has) {
		derive("phiward")
		cases[++n_cases] = "new directory: a level"
		cases[++n_cases] = "new directory: constant"
	}
	for (i = 1; i <= n_cases; i++)
		beside(cases[i])

	if ("unloaded" in has || "floor" in has || "phiward" in has) {
		head_line("Instructions, medians; kernel " kernel " (mean: of phiward)")
		printf "%-52s %10s %10s %10s %10s %8s %8s  %-15s\n", "", "unloaded", "floor", "phiward", "mean", "x floor", "x unl.", "bar"
		for (i = 1; i <= n_cases; i++) {
			name = cases[i]
			if (!have("unloaded", name) && !have("floor", name) && !have("phiward", name))
				continue
			if (have("phiward", name))
				c = "phiward"
			else
				c = have("floor", name) ? "floor" : "unloaded"
			verdict = judge(name, c == "phiward" ? c : "phiward")
			if (c != "phiward" && wrong(c, name) != "")
				verdict = "WRONG: " wrong(c, name)
			if (c == "floor" && against[name] == "unloaded" && value[c, name] > value["unloaded", name] * bar[name])
				verdict = sprintf("the floor alone is over by %.0f", value[c, name] - value["unloaded", name] * bar[name])
			missed += verdict ~ /^(OVER|WRONG)/
			printf "%-52s %10s %10s %10s %10s %8s %8s  %-15s %s\n", name, num("unloaded", name), num("floor", name), \
				num("phiward", name), ("phiward", name) in mean ? mean["phiward", name] : "-", \
				c == "phiward" ? ratio(c, name, "floor") : "-", ratio(c, name, "unloaded"), bar_text(name), verdict
			put(name, "instructions", "phiward", name)
			if (!have("phiward", name))
				put(name (c == "floor" ? " [floor]" : " [unloaded]"), "instructions", c, name)
		}
	}

	if (n_figures) {
		head_line("Figures")
		for (i = 1; i <= n_figures; i++) {
			split(figures[i], part, SUBSEP)
			name = part[2]
			value[part[1], name] = figure[part[1], name]
			verdict = judge(name, part[1])
			missed += verdict ~ /^OVER/
			printf "%-46s %10s %-6s %-12s %s\n", name, figure[part[1], name], unit[name], bar_text(name), verdict
			put_figure(name, unit[name], figure[part[1], name])
		}
	}
	for (c in n_hooks)
		printf "%-46s %10d\n", "hooks of " c, n_hooks[c]
	if (n_hooks["floor"] && n_hooks["phiward"]) {
		for (key in hook) {
			split(key, part, SUBSEP)
			other = part[1] == "floor" ? "phiward" : "floor"
			if (!((other, part[2]) in hook)) {
				print "WRONG: hook " part[2] " is attached by " part[1] " only"
				missed++
			}
		}
	}

	if (n_phases["flat"]) {
		flat_table("flat", "Flat? Instructions, medians, by trees/rules (allowed: +-2% of the first column)")
		flat_figures("flat", "start to protecting")
		flat_figures("flat", "daemon RSS")
	}
	if (n_phases["marks"])
		flat_table("marks", "Flat, whatever carries labels? Instructions, medians (allowed: +-2% of the first column)")

	if (n_peers) {
		head_line("Others: median as a multiple of unloaded / mean as a multiple of its mean")
		printf "%-44s", ""
		n = 0
		if ("floor" in has) column[++n] = "floor"
		if ("phiward" in has) column[++n] = "phiward"
		for (i = 1; i <= n_peers; i++) column[++n] = peer[i]
		for (k = 1; k <= n; k++) printf " %16s", column[k]
		print ""
		for (i = 1; i <= n_cases; i++) {
			name = cases[i]
			if (!have(peer[1], name))
				continue
			printf "%-44s", name
			for (k = 1; k <= n; k++) {
				text = ratio(column[k], name, "unloaded")
				# what a daemon does after the operation is in the mean only
				if (text != "-" && mean["unloaded", name] > 0)
					text = text sprintf("/%.2f", mean[column[k], name] / mean["unloaded", name])
				if (wrong(column[k], name) != "")
					text = "WRONG"
				printf " %16s", text
			}
			print ""
			for (k = 1; k <= n_peers; k++)
				put(name " [" peer[k] "]", "instructions", peer[k], name)
		}
	}
	if (json != "")
		print "\n]" >json
	print ""
	print missed + 0 ? missed " bars missed or measurements wrong" : "no bar missed"
	exit missed ? 3 : 0
}
