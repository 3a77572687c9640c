/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a block device is, told by a sysfs that this test has made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "host/media.h"
#include "host/resolve.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char sys[] = "/tmp/phiward-unit-XXXXXX";
static struct pw_mounts mounts;

__attribute__((format(printf, 1, 2))) static char *under_sys(const char *format, ...)
{
	static char path[4096];
	va_list args;
	int n = snprintf(path, sizeof(path), "%s/", sys);

	va_start(args, format);
	vsnprintf(path + n, sizeof(path) - (size_t)n, format, args);
	va_end(args);
	return path;
}

static void make_dirs(const char *path)
{
	char copy[4096];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	mkdir(copy, 0755);
}

/* The attribute @name of the device at @dir (below devices/). */
static void put(const char *dir, const char *name, const char *value)
{
	_cleanup_fclose_ FILE *file = NULL;
	char *path = under_sys("devices/%s/%s", dir, name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	make_dirs(path);
	*slash = '/';
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%s\n", value);
}

/* A block device at @dir (below devices/), whose name is the last of it. */
static void make(const char *dir, const char *number)
{
	char target[4096];

	snprintf(target, sizeof(target), "../../devices/%s", dir);
	put(dir, "dev", number);
	put(dir, "removable", "0");
	make_dirs(under_sys("class/block"));
	assert_int_equal(symlink(target, under_sys("class/block%s", strrchr(dir, '/'))), 0);
	make_dirs(under_sys("dev/block"));
	assert_int_equal(symlink(target, under_sys("dev/block/%s", number)), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int setup(void **state)
{
	static const char mountinfo[] = "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
					"2 1 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n"
					"3 1 0:40 / /tmp rw - tmpfs tmpfs rw\n"
					"4 1 0:41 / /net rw - nfs server:/ rw\n";
	_cleanup_fclose_ FILE *file = fmemopen((void *)mountinfo, strlen(mountinfo), "r");

	strcpy(sys + strlen(sys) - 6, "XXXXXX");
	assert_non_null(mkdtemp(sys));
	return pw_mounts_parse(file, &mounts);
}

static int teardown(void **state)
{
	pw_mounts_free(&mounts);
	return nftw(sys, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct pw_medium_seen look(const char *name)
{
	struct pw_medium_seen medium;

	assert_int_equal(pw_medium_read(sys, &mounts, name, &medium), 0);
	assert_string_equal(medium.name, name);
	return medium;
}

#define USB "pci0000:00/0000:00:14.0/usb1/1-2"

static void make_disk(void)
{
	make("pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda", "8:0");
	make("pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1", "8:1");
	put("pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1", "partition",
	    "1");
}

/* Sticks often say that they are not removable: the bus counts. */
static void make_stick(void)
{
	make(USB "/1-2:1.0/host1/target1:0:0/1:0:0:0/block/sdb", "8:16");
	make(USB "/1-2:1.0/host1/target1:0:0/1:0:0:0/block/sdb/sdb1", "8:17");
	put(USB "/1-2:1.0/host1/target1:0:0/1:0:0:0/block/sdb/sdb1", "partition", "1");
	put(USB, "idVendor", "0951");
	put(USB, "idProduct", "16Ab");
	put(USB, "serial", "60A4  ");
}

static void test_by_the_bus(void **state)
{
	struct pw_medium_seen medium;

	make_disk();
	make_stick();
	medium = look("sda1");
	assert_int_equal(medium.kind, PW_MEDIUM_FIXED);
	assert_int_equal(medium.major, 8);
	assert_int_equal(medium.minor, 1);
	assert_string_equal(medium.vendor, "");
	medium = look("sdb1");
	assert_int_equal(medium.kind, PW_MEDIUM_REMOVABLE);
	assert_string_equal(medium.vendor, "0951");
	assert_string_equal(medium.product, "16ab");
	assert_string_equal(medium.serial, "60A4");
	make("pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme0/nvme0n1", "259:0");
	assert_int_equal(look("nvme0n1").kind, PW_MEDIUM_FIXED);
	make("platform/host3/session7/target3:0:0/3:0:0:0/block/sdc", "8:32");
	assert_int_equal(look("sdc").kind, PW_MEDIUM_REMOVABLE); /* iSCSI */
	make("pci0000:00/0000:00:1f.0/usbless/block/sde", "8:64"); /* "usb" is no bus alone */
	assert_int_equal(look("sde").kind, PW_MEDIUM_FIXED);
}

static void test_by_what_the_driver_says(void **state)
{
	make("pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdd", "8:48");
	put("pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdd", "removable", "1");
	assert_int_equal(look("sdd").kind, PW_MEDIUM_REMOVABLE);
	make("pci0000:00/0000:00:17.0/ata3/block/sr0", "11:0");
	put("pci0000:00/0000:00:17.0/ata3/block/sr0", "device/type", "5");
	assert_int_equal(look("sr0").kind, PW_MEDIUM_REMOVABLE);
	make("pci0000:00/mmc_host/mmc0/mmc0:1/block/mmcblk0", "179:0");
	put("pci0000:00/mmc_host/mmc0/mmc0:1/block/mmcblk0", "device/type", "MMC");
	put("pci0000:00/mmc_host/mmc0/mmc0:1/block/mmcblk0", "device/serial", "0x12ab");
	assert_int_equal(look("mmcblk0").kind, PW_MEDIUM_FIXED);
	assert_string_equal(look("mmcblk0").serial, "0x12ab");
	put("pci0000:00/mmc_host/mmc0/mmc0:1/block/mmcblk0", "device/type", "SD");
	assert_int_equal(look("mmcblk0").kind, PW_MEDIUM_REMOVABLE);
	/* a disk in a dock */
	make("pci0000:00/0000:05:00.0/nvme/nvme1/nvme1n1", "259:1");
	put("pci0000:00/0000:05:00.0", "removable", "removable");
	assert_int_equal(look("nvme1n1").kind, PW_MEDIUM_REMOVABLE);
}

static void test_by_what_lies_below(void **state)
{
	make_disk();
	make_stick();
	make("virtual/block/dm-0", "254:0");
	put("virtual/block/dm-0/slaves", "sda1", "");
	assert_int_equal(look("dm-0").kind, PW_MEDIUM_FIXED);
	make("virtual/block/dm-1", "254:1");
	put("virtual/block/dm-1/slaves", "sdb1", "");
	assert_int_equal(look("dm-1").kind, PW_MEDIUM_REMOVABLE);
	assert_string_equal(look("dm-1").serial, "60A4");
	make("virtual/block/md0", "9:0"); /* half of it can be carried away */
	put("virtual/block/md0/slaves", "dm-0", "");
	put("virtual/block/md0/slaves", "sdb1", "");
	assert_int_equal(look("md0").kind, PW_MEDIUM_REMOVABLE);
	assert_string_equal(look("md0").serial, "");
	make("virtual/block/dm-2", "254:2"); /* made of what is gone, and of itself */
	put("virtual/block/dm-2/slaves", "sdz", "");
	assert_int_equal(look("dm-2").kind, PW_MEDIUM_REMOVABLE);
	make("virtual/block/dm-3", "254:3");
	put("virtual/block/dm-3/slaves", "dm-3", "");
	assert_int_equal(look("dm-3").kind, PW_MEDIUM_REMOVABLE);
	make("virtual/block/nbd0", "43:0");
	assert_int_equal(look("nbd0").kind, PW_MEDIUM_REMOVABLE);
	make("virtual/block/zram0", "252:0");
	assert_int_equal(look("zram0").kind, PW_MEDIUM_FIXED);
}

static void test_a_loop_device_is_what_its_file_lies_on(void **state)
{
	static const struct {
		const char *file;
		enum pw_medium_kind kind;
	} loop[] = {
		{ "/var/images/x", PW_MEDIUM_FIXED },	 { "/media/stick/x", PW_MEDIUM_REMOVABLE },
		{ "/tmp/x", PW_MEDIUM_FIXED },		 { "/net/x", PW_MEDIUM_REMOVABLE },
		{ "/tmp/x (deleted)", PW_MEDIUM_FIXED }, { "", PW_MEDIUM_REMOVABLE },
	};

	make_disk();
	make_stick();
	make("virtual/block/loop0", "7:0");
	assert_int_equal(look("loop0").kind, PW_MEDIUM_REMOVABLE); /* without one: who knows */
	for (size_t i = 0; i < PW_ARRAY_SIZE(loop); i++) {
		put("virtual/block/loop0", "loop/backing_file", loop[i].file);
		assert_int_equal(look("loop0").kind, loop[i].kind);
	}
}

static void test_many_ways_to_one_disk(void **state)
{
	make_dirs(under_sys("devices/pci0000:00/0000:00:1d.0/nvme/nvme0"));
	make_dirs(under_sys("devices/virtual/nvme-fabrics/ctl/nvme1"));
	make("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0");
	assert_int_equal(symlink("..", under_sys("devices/virtual/nvme-subsystem/nvme-subsys0/"
						 "nvme0n1/device")), 0);
	assert_int_equal(symlink("../../../pci0000:00/0000:00:1d.0/nvme/nvme0",
				 under_sys("devices/virtual/nvme-subsystem/nvme-subsys0/nvme0")), 0);
	assert_int_equal(look("nvme0n1").kind, PW_MEDIUM_FIXED);
	assert_int_equal(symlink("../../nvme-fabrics/ctl/nvme1",
				 under_sys("devices/virtual/nvme-subsystem/nvme-subsys0/nvme1")), 0);
	assert_int_equal(look("nvme0n1").kind, PW_MEDIUM_REMOVABLE);
}

static void test_what_is_no_device(void **state)
{
	struct pw_medium_seen medium;

	make_disk();
	assert_int_equal(pw_medium_read(sys, &mounts, "sdx", &medium), -ENODEV);
	assert_int_equal(pw_medium_read(sys, &mounts, "", &medium), -ENODEV);
	assert_int_equal(pw_medium_read(sys, &mounts, "../block/sda", &medium), -ENODEV);
	assert_int_equal(pw_medium_read("/nowhere", &mounts, "sda", &medium), -ENODEV);
	put("pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda", "dev", "x");
	assert_int_equal(pw_medium_read(sys, &mounts, "sda", &medium), -ENODEV);
}

static char said[256];

static void changed(void *ctx, const struct pw_medium_seen *medium, bool gone)
{
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s ", gone ? "-" : "+",
		 medium->name);
}

static void expect_look(struct pw_media *media, const char *text)
{
	said[0] = '\0';
	assert_int_equal(pw_media_look(media, changed, NULL), 0);
	assert_string_equal(said, text);
}

static void test_tells_what_changed(void **state)
{
	struct pw_media *media;

	make_disk();
	assert_int_equal(pw_media_new(sys, &media), 0);
	expect_look(media, "+sda +sda1 ");
	expect_look(media, "");
	make_stick();
	expect_look(media, "+sdb +sdb1 ");
	assert_int_equal(pw_media_count(media), 4);
	assert_string_equal(pw_media_at(media, 2)->name, "sdb");
	put(USB, "serial", "another");
	expect_look(media, "+sdb +sdb1 ");
	unlink(under_sys("class/block/sdb"));
	unlink(under_sys("class/block/sdb1"));
	expect_look(media, "-sdb -sdb1 ");
	assert_int_equal(pw_media_fd(media), -EBADF);
	assert_false(pw_media_heard(media));
	pw_media_free(&media);
}

/* The kernel lets everybody listen. */
static void test_listens_to_the_kernel(void **state)
{
	struct pw_media *media;

	assert_int_equal(pw_media_new("/sys", &media), 0);
	assert_int_equal(pw_media_listen(media), 0);
	assert_true(pw_media_fd(media) >= 0);
	pw_media_heard(media); /* whatever there is: does not wait */
	pw_media_free(&media);
}

static void test_places_of_a_medium(void **state)
{
	static const char text[] =
		"phiward: 1\nlabels: {a: {class: care, trees: [/a]}}\n"
		"places:\n"
		"  all-of-them: {removable: [{vendor: \"0951\"}]}\n"
		"  one: {removable: [{vendor: \"0951\", product: \"16ab\", serial: \"60A4\"}]}\n"
		"  lab: {removable: [{vendor: \"abcd\", access: read}]}\n"
		"rules: [{id: r, deny: all, labels: any}]\n";
	struct pw_source source = { .name = "p", .text = text, .len = sizeof(text) - 1 };
	struct pw_medium_seen medium = { .major = 8, .minor = 17, .kind = PW_MEDIUM_REMOVABLE };
	struct pw_findings findings = { 0 };
	struct pw_policy *policy = NULL;

	assert_int_equal(pw_policy_parse(&source, 1, &findings, &policy), 0);
	pw_findings_free(&findings);
	assert_int_equal(pw_medium_under(policy, &medium).places, 0);
	strcpy(medium.vendor, "0951");
	assert_int_equal(pw_medium_under(policy, &medium).places, 1);
	strcpy(medium.product, "16ab");
	strcpy(medium.serial, "60A4");
	assert_int_equal(pw_medium_under(policy, &medium).places, 3);
	assert_false(pw_medium_under(policy, &medium).read_only);
	strcpy(medium.vendor, "abcd");
	assert_true(pw_medium_under(policy, &medium).read_only);
	assert_int_equal(pw_medium_under(policy, &medium).minor, 17);
	pw_policy_free(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_the_bus, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_what_the_driver_says, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_what_lies_below, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_loop_device_is_what_its_file_lies_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_many_ways_to_one_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_device, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tells_what_changed, setup, teardown),
		cmocka_unit_test(test_listens_to_the_kernel),
		cmocka_unit_test(test_places_of_a_medium),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
