/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a record of the kernel: refused, or decoded and rendered as JSON that
 * json-c takes back; folding and counting along the way lose nothing.
 */
#include "evidence/fold.h"
#include "evidence/loss.h"
#include "evidence/recent.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pw_token_key key = { .bytes = { 1, 2, 3 } };
static struct pw_naming *naming;

static void make_naming(void)
{
	static const char text[] =
		"phiward: 1\nlabels: {a: {class: care, trees: [/a, \"/h/*/b\"]}, b: {class: genetic, trees: [/a/b]}}\n"
		"places: {p: {network: [192.0.2.0/24]}, q: {directories: [/a/out]}}\n"
		"rules: [{id: x, allow: [read], labels: [a], tell: t}, {id: r, deny: all, labels: any}]\n";
	struct pw_source source = { .name = "p", .text = text, .len = sizeof(text) - 1 };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;

	if (pw_naming_new(&naming) < 0 || pw_policy_parse(&source, 1, &findings, &policy) < 0 ||
	    pw_naming_add(naming, 1, policy, NULL) < 0)
		abort();
	pw_policy_free(&policy);
	pw_findings_free(&findings);
}

static void must_parse(const struct pw_str *line)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tokener, line->text, (int)line->len);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    memchr(line->text, '\n', line->len) != line->text + line->len - 1)
		abort();
	json_object_put(o);
	json_tokener_free(tokener);
}

static void emit(void *ctx, const struct pw_fold_out *out)
{
	uint64_t *events = ctx;

	*events += out->count;
}

static void fold(const struct pw_event_view *view)
{
	uint64_t events = 0;
	struct pw_fold_options options = { .max_entries = 4, .emit = emit, .ctx = &events };
	struct pw_fold *folder;

	if (pw_fold_new(&options, &folder) < 0)
		return;
	for (uint64_t i = 0; i < 5; i++)
		pw_fold_add(folder, i, view, 0);
	pw_fold_flush(folder, UINT64_MAX);
	if (events != 5)
		abort();
	pw_fold_free(&folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pw_render_context context = { .key = &key, .run = "run", .boot = "boot" };
	struct pw_record record = { .seq = 3, .time_ns = 1700000000000000000u, .count = 2 };
	struct pw_str line = { 0 };
	struct pw_loss *loss = NULL;

	if (!naming)
		make_naming();
	context.naming = naming;
	if (pw_event_decode(data, size, &record.view) < 0)
		return 0;
	for (int how = PW_RENDER_CLEAR; how <= PW_RENDER_TOKEN; how++) {
		pw_str_reset(&line);
		if (pw_record_render(&record, &context, (enum pw_render)how, &line) == 0)
			must_parse(&line);
	}
	pw_str_free(&line);
	fold(&record.view);
	if (pw_loss_new(&loss) == 0) {
		pw_loss_see(loss, PW_RING_BULK, &record.view);
		pw_loss_see(loss, PW_RING_BULK, &record.view);
		pw_loss_free(&loss);
	}
	return 0;
}
