/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What file systems are called in the store: by their UUID, wherever that was read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/identity.h"

static void test_uuid(void **state)
{
	static const uint8_t uuid[16] = { 0xfd, 0xa9, 0x04, 0x69, 0xe2, 0x61, 0x4d, 0xd3,
					  0x95, 0x1d, 0xad, 0xce, 0x90, 0x53, 0x11, 0xbe };
	static const uint8_t none[16];
	struct pw_identity identity;

	pw_identity_uuid(uuid, 0xef53, &identity);
	assert_string_equal(identity.name, "uuid:fda90469-e261-4dd3-951d-adce905311be");
	assert_true(identity.reuses_inodes);
	pw_identity_uuid(uuid, 0x9123683e, &identity);
	assert_string_equal(identity.name, "uuid:fda90469-e261-4dd3-951d-adce905311be");
	assert_false(identity.reuses_inodes);
	pw_identity_uuid(none, 0xef53, &identity);
	assert_string_equal(identity.name, "");
	pw_identity_uuid(uuid, 0x4d44, &identity); /* FAT: its files have other numbers each time */
	assert_string_equal(identity.name, "");
	pw_identity_uuid(uuid, 0, &identity);
	assert_string_equal(identity.name, "");
}

static void test_uuid_of_name(void **state)
{
	static const char *const none[] = {
		"", "uuid:", "uuid:1A2B-3C4D", "boot:0b8d7e0c-0000-4000-8000-000000000000:7:3",
		"uuid:fda90469-e261-4dd3-951d-adce905311b", "uuid:fda90469-e261-4dd3-951d-adce905311bez",
		"uuid:fda90469-e261-4dd3-951d-adce905311bg", "uuid:fda90469-e261-4dd3-951d-adce9053-1be",
		"UUID:fda90469-e261-4dd3-951d-adce905311be",
	};
	static const char name[] = "uuid:fda90469-e261-4dd3-951d-adce905311be";
	struct pw_identity identity;
	uint8_t uuid[16];

	assert_true(pw_identity_to_uuid(name, uuid));
	pw_identity_uuid(uuid, 0xef53, &identity);
	assert_string_equal(identity.name, name);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(pw_identity_to_uuid(none[i], uuid));
}

static void test_boot(void **state)
{
	struct pw_identity identity;

	pw_identity_boot("0b8d7e0c-0000-4000-8000-000000000000", 7 << 20 | 3, &identity);
	assert_string_equal(identity.name, "boot:0b8d7e0c-0000-4000-8000-000000000000:7:3");
}

static void test_types(void **state)
{
	assert_true(pw_identity_possible("ext4"));
	assert_true(pw_identity_possible("tmpfs"));
	assert_false(pw_identity_possible("vfat"));
	assert_false(pw_identity_possible("nfs4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_uuid_of_name),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
