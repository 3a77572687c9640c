# SPDX-License-Identifier: GPL-3.0-or-later
"""schemas.py SCHEMAS FHIR-FILE OCSF-FILE: the lines against the published JSON schemas.

First the judge is tried: what is spoilt must be refused."""
import copy
import json
import sys

import jsonschema

schemas, fhir, ocsf = sys.argv[1:4]
failed = False


def verdict(good, name):
    global failed
    print(("ok" if good else "not ok") + " - " + name)
    failed = failed or not good


def validator(path):
    with open(schemas + "/" + path) as file:
        schema = json.load(file)
    return jsonschema.validators.validator_for(schema)(
        schema, format_checker=jsonschema.draft7_format_checker)


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def judge(check, records, name):
    bad = 0
    for number, record in records:
        errors = [error.message[:200] for error in check.iter_errors(record)]
        if errors:
            bad += 1
            print("  line %d: %s" % (number, errors[:3]))
    verdict(records and not bad, "%s: the schema takes all of %d" % (name, len(records)))


numbered = list(enumerate(lines(fhir), 1))
judge(validator("fhir/AuditEvent.r4.schema.json"), numbered, "FHIR AuditEvent")

classes = {1001: "file_activity", 2006: "data_security_finding", 4001: "network_activity"}
numbered = list(enumerate(lines(ocsf), 1))
verdict(all(record["class_uid"] in classes for _, record in numbered), "OCSF: only classes that are claimed")
for uid, name in classes.items():
    check = validator("ocsf/%s.schema.json" % name)
    records = [(n, r) for n, r in numbered if r["class_uid"] == uid]
    judge(check, records, "OCSF %s" % name)
    for spoil in ("type_uid", "severity_id", "unknown"):
        record = copy.deepcopy(records[0][1])
        if spoil == "type_uid":
            record[spoil] += 1
        elif spoil == "unknown":
            record[spoil] = 1
        else:
            del record[spoil]
        verdict(not check.is_valid(record), "OCSF %s: the schema refuses one with a wrong %s" % (name, spoil))
sys.exit(1 if failed else 0)
