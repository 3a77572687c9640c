// SPDX-License-Identifier: GPL-3.0-or-later
// fhir.js MODULE FILE: every line of FILE is a valid R4 resource, says the npm package `fhir`.
// First the judge is tried: it must refuse what is wrong.
"use strict";
const fs = require("fs");
const { Fhir } = require(process.argv[2]);
const fhir = new Fhir();

function faults(resource) {
	return fhir.validate(resource, { errorOnUnexpected: true }).messages
		.filter((m) => m.severity === "error" || m.severity === "fatal");
}

function verdict(good, name) {
	console.log(`${good ? "ok" : "not ok"} - ${name}`);
	if (!good)
		process.exitCode = 1;
}

const lines = fs.readFileSync(process.argv[3], "utf8").split("\n").filter((l) => l);
const spoil = {
	"without recorded": (r) => delete r.recorded,
	"without agent.requestor": (r) => delete r.agent[0].requestor,
	"with an outcome of 9": (r) => { r.outcome = "9"; },
	"with an unknown member": (r) => { r.phiward = "x"; },
};
for (const name of Object.keys(spoil)) {
	const resource = JSON.parse(lines[0]);
	spoil[name](resource);
	verdict(faults(resource).length > 0, `the package fhir refuses an AuditEvent ${name}`);
}
let bad = 0;
lines.forEach((line, i) => {
	const resource = JSON.parse(line), found = faults(resource);
	if (found.length || resource.resourceType !== "AuditEvent") {
		bad++;
		console.log(`  line ${i + 1}: ${JSON.stringify(found.slice(0, 3))}`);
	}
});
verdict(lines.length > 0 && !bad, `the package fhir takes all of ${lines.length} AuditEvents`);
