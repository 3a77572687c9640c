/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records for the tests of the formats: as the log has them, written by hand. */
#ifndef UNIT_SHIP_LINES_H
#define UNIT_SHIP_LINES_H

#include "ship/format.h"

#define UNIT_HEAD                                                                              \
	"\"schema\":\"phiward.event.v1\",\"id\":\"018bcfe5-687b-7001-8c4f-5e0c66f4f2d1\","     \
	"\"seq\":12,\"run\":\"6b0c5c0a8c8d1f27\",\"time\":\"2026-03-01T12:00:00.123456789Z\"," \
	"\"boot\":\"7c1e63a2-0d3f-4c5e-9a55-3f1d2b4c5d6e\",\"boottime_ns\":5000000000,"
#define UNIT_WHO                                                                               \
	"\"actor\":{\"uid\":0,\"auid\":1000,\"user\":\"alice\",\"session\":3,"                 \
	"\"uid_name\":\"root\",\"euid\":0,\"gid\":100},"                                       \
	"\"process\":{\"pid\":4242,\"tid\":4243,\"start\":\"2026-03-01T11:59:59.123456789Z\"," \
	"\"exe\":\"/usr/bin/cat\",\"script\":null,\"comm\":\"cat\","                           \
	"\"args_token\":\"~7f1e0f4c2f7a9b33\",\"ancestors\":[{\"pid\":1,"                      \
	"\"start\":\"2026-03-01T08:00:00.000000000Z\",\"comm\":\"systemd\"}]},"
#define UNIT_RULE                                                                           \
	"\"rule\":\"rest\",\"rule_at\":\"10-records.yaml:11\",\"policy\":\"d1da716868fb\"," \
	"\"generation\":7,\"labels\":[\"records\"],\"class\":\"health-status\","            \
	"\"tell\":null,\"flags\":[\"auid-unset\"],"
#define UNIT_OBJECT                                                                    \
	"\"path_token\":\"/srv/phi/records/~5bdcc146bf60754e/~0c1f2b7d9a3e4f50\","     \
	"\"object\":{\"dev\":\"8:1\",\"inode\":99,\"generation\":5,\"mode\":\"0640\"," \
	"\"type\":\"file\"},"

/* alice, as root, reads a record with cat and is refused. */
#define UNIT_DENIED                                                                       \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"deny\",\"operation\":\"read\","  \
	"\"door\":null," UNIT_RULE "\"severity\":\"medium\"," UNIT_OBJECT UNIT_WHO        \
	"\"to\":null,\"lineage\":null,\"reason\":\"rule 'rest' denies read of records\"," \
	"\"hook\":\"file_open\",\"errno\":\"EPERM\",\"count\":1}"

/* The same person may write a file, three times. */
#define UNIT_WRITTEN                                                                       \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"allow\",\"operation\":\"write\"," \
	"\"door\":null," UNIT_RULE "\"severity\":\"high\"," UNIT_OBJECT UNIT_WHO           \
	"\"to\":null,\"lineage\":null,\"reason\":\"rule 'w' allows write of records\","    \
	"\"hook\":\"file_permission\",\"errno\":null,\"count\":3,"                         \
	"\"first_time\":\"2026-03-01T11:59:55.000000001Z\","                               \
	"\"last_time\":\"2026-03-01T12:00:00.000000002Z\",\"dropped_before\":4}"

/* What the policy lets go over the network. */
#define UNIT_SENT                                                                             \
	"{" UNIT_HEAD "\"kind\":\"access\",\"verdict\":\"allow\",\"operation\":\"send\","     \
	"\"door\":\"network\"," UNIT_RULE "\"severity\":\"low\",\"path_token\":null,"         \
	"\"object\":{\"dev\":\"0:8\",\"inode\":7,\"generation\":0,\"mode\":\"0777\","         \
	"\"type\":\"socket\"}," UNIT_WHO                                                      \
	"\"to\":{\"family\":\"ipv4\",\"address\":\"192.0.2.7\",\"port\":11112,"               \
	"\"protocol\":\"tcp\",\"places\":[\"pacs\"]},"                                        \
	"\"lineage\":{\"held\":[\"records\"],\"object\":[],\"domain\":\"1f\",\"from\":null}," \
	"\"reason\":\"rule 'to-pacs' allows send of records\",\"hook\":\"socket_sendmsg\","   \
	"\"errno\":null,\"count\":1}"

#define UNIT_LOSS                                                                           \
	"{\"schema\":\"phiward.event.v1\",\"id\":\"018bcfe5-687b-7002-8c4f-5e0c66f4f2d1\"," \
	"\"seq\":null,\"run\":\"6b0c5c0a8c8d1f27\",\"time\":\"2026-03-01T12:00:01Z\","      \
	"\"boot\":null,\"kind\":\"loss\",\"where\":\"journal\",\"ring\":null,\"cpu\":null," \
	"\"count\":17,\"from_seq\":3,\"to_seq\":40,"                                        \
	"\"reason\":\"events were lost: there was no room for them\"}"

/* An event of @kind with what every event has. */
#define UNIT_KIND(kind)                                                                     \
	"{" UNIT_HEAD "\"kind\":\"" kind "\",\"verdict\":\"allow\",\"operation\":\"read\"," \
	"\"door\":null," UNIT_RULE "\"severity\":\"low\"," UNIT_OBJECT UNIT_WHO             \
	"\"to\":null,\"lineage\":null,\"reason\":\"asked for by Zhang\",\"hook\":\"none\"," \
	"\"errno\":null,\"count\":1}"

extern const struct pw_format_context unit_context; /* ws7 of St. Mary */

/* @line in @format, without its '\n', which must be the only one; caller frees. */
char *unit_format(enum pw_format format, const char *line);

/* @text must have @part in it. */
void unit_has(const char *text, const char *part);

/* Members of a JSON text: "a.b.0.c" is @value (JSON). The text must be strict JSON. */
void unit_member(const char *json, const char *path, const char *value);

#endif /* UNIT_SHIP_LINES_H */
