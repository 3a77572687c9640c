/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a verdict fell, in words: never with a path or an argument in them. */
#include "base/words.h"
#include "evidence/event.h"

#include <string.h>

static const struct {
	uint32_t flag;
	const char *clause;
} clauses[] = {
	{ PW_WHY_CROSSES, "source and destination carry different labels, so it must be copied" },
	{ PW_WHY_UNKNOWN_OBJECT, "no path to a tree could be walked, so it counts as labelled" },
	{ PW_WHY_RAW_DEVICE, "it is the block device under a labelled tree" },
	{ PW_WHY_NO_TASK_STATE, "the identity of the process could not be kept" },
	{ PW_WHY_PROGRAM_PREDATES, "the process is older than the agent, its program is unknown" },
	{ PW_WHY_PROGRAM_WRITABLE, "the program can be written by others than root" },
	{ PW_WHY_PROGRAM_CHANGED, "the program changed since it was resolved" },
	{ PW_WHY_PROGRAM_TRACED, "the program is or was traced" },
	{ PW_WHY_PROGRAM_FOREIGN_CODE, "the program mapped code that others than root can write" },
	{ PW_WHY_SNAPSHOT, "it is a snapshot or clone of a labelled subvolume" },
	{ PW_WHY_KERNEL_THREAD, "a kernel thread did it" },
	{ PW_WHY_CANARY, "it is the canary" },
	{ PW_WHY_MEMORY, "it reaches into the memory of a trusted program" },
	{ PW_WHY_HELD, "the process holds what it has read" },
	{ PW_WHY_NO_LABELS_KEPT, "the file system cannot keep a label" },
	{ PW_WHY_AWAITED, "its file system was just mounted, and its labels were not back yet" },
	{ PW_WHY_PATH_RACED, "the path changed while it was read" },
	{ PW_WHY_PATH_LOST, "the path could not be built" },
	{ PW_WHY_PATH_DELETED, "the name is no longer linked" },
	{ PW_WHY_AUID_UNSET, "nobody logged in, the person is the uid" },
};

/* What is refused whatever the rules say. */
#define DESIGN (PW_WHY_CROSSES | PW_WHY_MEMORY)

static void add_labels(struct pw_str *into, const struct pw_event *event,
		       const struct pw_naming_policy *policy)
{
	const struct pw_naming_label *label = pw_naming_label(policy, event->label);

	if (label && (event->labels >> event->label & 1))
		pw_str_addf(into, " of %s", label->name);
	else
		pw_str_add(into, event->labels ? " of labelled data" : "");
}

/* By which door, and for a send to which places. */
static void add_door(struct pw_str *into, const struct pw_event *event,
		     const struct pw_naming_policy *policy)
{
	uint64_t places = event->places;
	const char *before = " to ";

	if (event->door == PW_DOOR_NONE)
		return;
	pw_str_addf(into, " by door %s", pw_door_names[event->door]);
	if (event->op != PW_OP_SEND)
		return;
	if (!places)
		pw_str_add(into, " to no place of the policy");
	for (; places; places &= places - 1, before = ", ") {
		unsigned int i = pw_lowest_bit(places);

		pw_str_add(into, before);
		if (policy && i < policy->n_places)
			pw_str_add(into, policy->place[i]);
		else
			pw_str_addf(into, "place %u", i);
	}
}

/* The names of a set, or "labels" where they are not known. */
static void add_set(struct pw_str *into, const struct pw_event *event,
		    const struct pw_naming_policy *policy)
{
	size_t n = 0;

	for (uint64_t left = event->labels; left; left &= left - 1) {
		const struct pw_naming_label *label =
			pw_naming_label(policy, pw_lowest_bit(left));

		if (label)
			pw_str_addf(into, "%s%s", n++ ? ", " : "", label->name);
	}
	pw_str_add(into, n ? "" : "labels");
}

static void add_access(struct pw_str *into, const struct pw_event *event,
		       const struct pw_naming_policy *policy)
{
	static const char *const verb[] = {
		[PW_ALLOW] = "allows",
		[PW_WARN] = "warns of",
		[PW_WOULD_DENY] = "would deny",
		[PW_DENY] = "denies",
	};
	static const char *const outcome[] = {
		[PW_ALLOW] = "allowed",
		[PW_WARN] = "allowed with a warning",
		[PW_WOULD_DENY] = "would be denied",
		[PW_DENY] = "denied",
	};

	if (event->rule == PW_RULE_NONE)
		pw_str_add(into, event->flags & DESIGN ? "" : "no rule matched: ");
	else if (policy && event->rule < policy->n_rules)
		pw_str_addf(into, "rule '%s' %s ", policy->rule[event->rule].id,
			    verb[event->verdict]);
	else
		pw_str_addf(into, "rule %u %s ", event->rule, verb[event->verdict]);
	pw_str_add(into, pw_op_names[event->op]);
	add_labels(into, event, policy);
	add_door(into, event, policy);
	if (event->rule == PW_RULE_NONE)
		pw_str_addf(into, " %s", outcome[event->verdict]);
	if (event->verdict == PW_WOULD_DENY)
		pw_str_add(into, " (mode observe)");
}

/* What lineage tells: nobody decided anything here. */
static void add_flow(struct pw_str *into, const struct pw_event *event,
		     const struct pw_naming_policy *policy)
{
	static const char *const text[_PW_EVENT_KIND_MAX][2] = {
		[PW_EVENT_TOOK] = { "the process holds ", " from now on" },
		[PW_EVENT_MARKED] = { "it carries ", " from now on: a process that holds them "
					      "wrote to it" },
		[PW_EVENT_DECLASSIFIED] = { "it does not carry ", ": a declassifier wrote it" },
		[PW_EVENT_SPREAD_LOST] = { "", " could not be kept with the data" },
		[PW_EVENT_RECALLED] = { "it came with ", " in its attributes, and carries them "
							 "from now on" },
		[PW_EVENT_TAMPERED] = { "", " taken out of its attributes: it carries them all "
					    "the same" },
	};

	pw_str_add(into, text[event->kind][0]);
	add_set(into, event, policy);
	pw_str_add(into, text[event->kind][1]);
}

int pw_record_reason(const struct pw_record *record, const struct pw_naming_policy *policy,
		     struct pw_str *into)
{
	const struct pw_event *event = &record->view.event;

	switch ((enum pw_event_kind)event->kind) {
	case PW_EVENT_PREDATES_FD:
		pw_str_add(into, "the file was open before the agent started");
		break;
	case PW_EVENT_PREDATES_MAP:
		pw_str_add(into, "the file was mapped before the agent started: "
				 "no hook can stop its use until the process ends");
		break;
	case PW_EVENT_IDENTITY:
		pw_str_add(into, "the program lost its identity");
		break;
	case PW_EVENT_MOUNT:
		pw_str_add(into, "something was mounted in a labelled tree");
		break;
	case PW_EVENT_UNPROTECTED:
		pw_str_add(into, "this host is not protected: ");
		pw_str_add_escaped(into, record->view.path2.bytes, record->view.path2.len);
		break;
	case PW_EVENT_PROTECTED:
		pw_str_add(into, "this host is protected again");
		break;
	case PW_EVENT_SET:
		pw_str_add(into, "the object was labelled by command");
		break;
	case PW_EVENT_CLEARED:
		pw_str_add(into, "labels were taken off the object by command");
		break;
	case PW_EVENT_TOOK:
	case PW_EVENT_MARKED:
	case PW_EVENT_DECLASSIFIED:
	case PW_EVENT_SPREAD_LOST:
	case PW_EVENT_RECALLED:
	case PW_EVENT_TAMPERED:
		add_flow(into, event, policy);
		break;
	default:
		add_access(into, event, policy);
	}
	for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++)
		if (event->flags & clauses[i].flag)
			pw_str_addf(into, "; %s", clauses[i].clause);
	return into->error;
}
