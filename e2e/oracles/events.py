"""Judges events, one JSON object a line on standard input, by the published schema of OCSF 1.8.0 as
the package ocsf-json-schema carries it: classes, required fields, types, enumerations, no field
that the schema does not have, and the constraints that JSON Schema leaves out. Then plants what is
wrong into one event of each class, and fails if that passes."""

import copy
import json
import sys

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

OCSF = get_ocsf_schema(version="1.8.0")
EMBEDDED = OcsfJsonSchemaEmbedded(OCSF)
VALIDATORS = {}


def validator(name):
    if name not in VALIDATORS:
        schema = EMBEDDED.get_class_schema(name)
        VALIDATORS[name] = Draft202012Validator(schema)
    return VALIDATORS[name]


def constrained(value, attributes, constraints, where):
    """What `at_least_one` and `just_one` of an object or class say, and of every object in it."""
    for names in [(constraints or {}).get("at_least_one")]:
        if names and not any(name in value for name in names):
            yield f"{where}: none of {names}"
    for name, inner in value.items():
        about = attributes.get(name)
        kind = about and about.get("object_type")
        if not kind or kind not in OCSF["objects"]:
            continue
        spec = OCSF["objects"][kind]
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict) and kind != "object":
                inside = (one, spec["attributes"], spec.get("constraints"))
                yield from constrained(*inside, f"{where}.{name}")


def wrong(event):
    """Everything that is wrong with an event."""
    name = EMBEDDED.lookup_class_name_from_uid(event.get("class_uid"))
    spec = OCSF["classes"][name]
    found = [f"{e.json_path}: {e.message}" for e in validator(name).iter_errors(event)]
    found += constrained(event, spec["attributes"], spec.get("constraints"), name)
    for key in ["activity_id", "severity_id", "status_id"]:
        enum = spec["attributes"][key]["enum"]
        if key in event and str(event[key]) not in enum:
            found.append(f"{key}: {event[key]} is none of {sorted(enum)}")
    activity = spec["attributes"]["activity_id"]["enum"].get(str(event.get("activity_id")))
    if activity and event["activity_id"] != 99 and event["activity_name"] != activity["caption"]:
        found.append(f"activity_name: {event['activity_name']}, not {activity['caption']}")
    if event.get("type_uid") != event["class_uid"] * 100 + event.get("activity_id", 0):
        found.append(f"type_uid: {event.get('type_uid')}")
    if event.get("class_name") != spec["caption"]:
        found.append(f"class_name: {event.get('class_name')}, not {spec['caption']}")
    return found


def planted(event):
    """The same event, wrong in one way each."""
    def altered(change):
        other = copy.deepcopy(event)
        change(other)
        return other

    yield "no metadata", altered(lambda e: e.pop("metadata"))
    yield "a field of our own", altered(lambda e: e.update(sekisho="x"))
    yield "a time in words", altered(lambda e: e.update(time="now"))
    yield "no such severity", altered(lambda e: e.update(severity_id=7))
    yield "no such activity", altered(lambda e: e.update(activity_id=98))
    yield "another type", altered(lambda e: e.update(type_uid=e["type_uid"] + 1))
    yield "no product", altered(lambda e: e["metadata"].pop("product"))
    yield "a product without name", altered(lambda e: e["metadata"].update(product={"lang": "en"}))


def main():
    count, by_class = 0, {}
    for line in sys.stdin:
        event = json.loads(line)
        found = wrong(event)
        if found:
            sys.exit(f"not OCSF 1.8.0: {found}\n{json.dumps(event, indent=1)}")
        count += 1
        by_class.setdefault(event["class_uid"], event)
    classes = sorted(by_class)
    if classes != [2004, 2005, 3001, 3002, 6003]:
        sys.exit(f"events of {classes} alone")
    plants = 0
    for event in by_class.values():
        for how, other in planted(event):
            if not wrong(other):
                sys.exit(f"what is wrong passes: {how}\n{json.dumps(other, indent=1)}")
            plants += 1
    print(f"{count} events of {len(classes)} classes are OCSF 1.8.0; {plants} wrong ones are not")


main()
