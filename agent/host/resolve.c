/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/resolve-private.h"

#include "base/cleanup.h"
#include "host/absent.h"
#include "host/own.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FNV_BASE 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

void pw_mount_points_free(struct pw_mount_point *point, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(point[i].path);
	free(point);
}

void pw_resolved_free(struct pw_resolved **resolved_p)
{
	struct pw_resolved *resolved = *resolved_p;
	struct pw_publication *pub;

	if (!resolved)
		return;
	pub = &resolved->publication;
	for (size_t i = 0; i < pub->n_roots; i++)
		pw_fd_close(pub->root[i].fd);
	for (size_t i = 0; i < pub->n_exes; i++)
		pw_fd_close(pub->exe[i].fd);
	for (size_t i = 0; i < resolved->n_warnings; i++)
		free(resolved->warning[i]);
	free(resolved->warning);
	pw_mount_points_free(resolved->mount_point, resolved->n_mount_points);
	free(resolved->missing);
	free(pub->root);
	free(pub->exe);
	free(pub->person);
	free(pub->group);
	free(pub->device);
	free(pub->medium);
	pw_network_free(&resolved->network);
	free(resolved);
	*resolved_p = NULL;
}

int pw_resolved_grow(void **array, size_t n, size_t item_size)
{
	void *bigger;

	if (n & (n - 1))
		return 0; /* room since the last power of two */
	bigger = realloc(*array, (n ? 2 * n : 1) * item_size);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	return 0;
}

__attribute__((format(printf, 2, 3))) static int warn(struct pw_resolved *resolved,
						      const char *format, ...)
{
	struct pw_str text = { 0 };
	va_list args;
	int r;

	va_start(args, format);
	pw_str_vaddf(&text, format, args);
	va_end(args);
	r = pw_resolved_grow((void **)&resolved->warning, resolved->n_warnings, sizeof(char *));
	if (r < 0) {
		pw_str_free(&text);
		return r;
	}
	resolved->warning[resolved->n_warnings] = pw_str_take(&text);
	if (!resolved->warning[resolved->n_warnings])
		return -ENOMEM;
	resolved->n_warnings++;
	return 0;
}

/* ---- Trees ---- */

static int add_root(struct pw_resolved *resolved, const struct pw_kernel_root *root)
{
	struct pw_publication *pub = &resolved->publication;
	int r = pw_resolved_grow((void **)&pub->root, pub->n_roots, sizeof(*pub->root));

	if (r == 0)
		pub->root[pub->n_roots++] = *root;
	return r;
}

static int add_missing(struct pw_resolved *resolved, const struct pw_anchor *anchor, int error)
{
	int r = pw_resolved_grow((void **)&resolved->missing, resolved->n_missing, sizeof(*resolved->missing));

	if (r == 0)
		resolved->missing[resolved->n_missing++] =
			(struct pw_missing){ anchor->path, anchor->labels, error };
	return r;
}

static uint32_t root_flags(const struct pw_compiled *compiled, uint32_t state)
{
	return compiled->trees.state[state].flags & PW_STATE_NAMES_FILES ? PW_DIR_NAMES_FILES : 0;
}

static void count_tree(struct pw_resolved *resolved, const struct pw_compiled *compiled,
		       const struct pw_anchor *anchor)
{
	uint64_t labels = compiled->trees.state[anchor->state].tree_labels;

	for (; labels; labels &= labels - 1)
		resolved->trees[pw_lowest_bit(labels)]++;
}

/* @root_of gets the root that each anchor became, or PW_ANCHOR_*. */
static int resolve_anchors(struct pw_own *own, const struct pw_compiled *compiled,
			   struct pw_resolved *resolved, ssize_t *root_of)
{
	const struct pw_trees *trees = &compiled->trees;
	int r = 0;

	for (size_t i = 0; i < trees->n_anchors && r == 0; i++) {
		const struct pw_anchor *anchor = &trees->anchor[i];
		struct pw_kernel_root root = {
			.fd = -EBADF,
			.labels = anchor->labels,
			.state = anchor->state,
			.flags = root_flags(compiled, anchor->state),
		};

		r = pw_own_open(own, anchor->path, O_DIRECTORY | O_NOFOLLOW, &root.fd);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
		if (r < 0) {
			root_of[i] = r == -ENOENT || r == -ENOTDIR ? PW_ANCHOR_ABSENT :
								     PW_ANCHOR_UNKNOWN;
			r = anchor->is_root ? add_missing(resolved, anchor, r) : 0;
			continue;
		}
		root_of[i] = (ssize_t)resolved->publication.n_roots;
		if (anchor->is_root)
			count_tree(resolved, compiled, anchor);
		r = add_root(resolved, &root);
		if (r < 0)
			pw_fd_close(root.fd);
	}
	return r;
}

/*
 * A descriptor of the same directory by a mount of our own: @fd would keep people from
 * unmounting theirs. Consumes @fd; gives it back where that cannot be done.
 */
static int unpin(int fd)
{
	int own = (int)syscall(SYS_open_tree, fd, "",
			       AT_EMPTY_PATH | 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);

	if (own < 0)
		return fd;
	pw_fd_close(fd);
	return own;
}

static int add_mount_point(struct pw_resolved *resolved, const struct pw_mount *mount,
			   uint64_t labels)
{
	int r = pw_resolved_grow((void **)&resolved->mount_point, resolved->n_mount_points,
		     sizeof(*resolved->mount_point));
	char *path = r == 0 ? strdup(mount->point) : NULL;

	if (!path)
		return -ENOMEM;
	resolved->mount_point[resolved->n_mount_points++] = (struct pw_mount_point){ path, labels };
	return 0;
}

/*
 * Roots of file systems that are mounted where labels apply: from inside them no way leads
 * up to the tree. Where a name of the policy ends on a mount point, its anchor did it.
 */
static int resolve_mounts(const struct pw_resolver *resolver, const struct pw_compiled *compiled,
			  const struct pw_mounts *mounts, struct pw_file_systems *systems,
			  struct pw_resolved *resolved)
{
	int r = 0;

	for (size_t i = 0; i < mounts->n && r == 0; i++) {
		const struct pw_mount *mount = &mounts->item[i];
		struct pw_kernel_root root = { .fd = -EBADF };

		root.labels = pw_trees_at(&compiled->trees, mount->point, true, &root.state);
		if (!root.labels && root.state == PW_STATE_DEAD)
			continue;
		root.flags = root_flags(compiled, root.state);
		root.sb_labels = root.labels | pw_file_systems_mount(systems, i, root.state);
		r = pw_paths_open(resolver->paths, mount->point, O_NOFOLLOW, &root.fd);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
		if (r < 0) {
			r = 0;
			continue;
		}
		root.fd = unpin(root.fd);
		r = root.labels ? add_mount_point(resolved, mount, root.labels) : 0;
		if (r == 0)
			r = add_root(resolved, &root);
		if (r < 0)
			pw_fd_close(root.fd);
	}
	return r;
}

/* ---- Programs ---- */

static int file_digest(int path_fd, char ret_hex[65])
{
	_cleanup_close_ int fd = -EBADF;
	unsigned char digest[EVP_MAX_MD_SIZE], block[65536];
	char path[64];
	EVP_MD_CTX *ctx;
	unsigned int len = 0;
	ssize_t n = 0;
	int r = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		r = -ENOMEM;
	while (r == 0 && (n = read(fd, block, sizeof(block))) > 0)
		if (EVP_DigestUpdate(ctx, block, (size_t)n) != 1)
			r = -EIO;
	if (r == 0 && n < 0)
		r = -errno;
	if (r == 0 && EVP_DigestFinal_ex(ctx, digest, &len) != 1)
		r = -EIO;
	EVP_MD_CTX_free(ctx);
	for (unsigned int i = 0; i < len && i < 32; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
	return r;
}

static bool digest_fits(const struct pw_program_mask *program, int fd, struct pw_resolved *resolved)
{
	char hex[65] = "";

	if (!program->sha256 || !program->sha256->n)
		return true;
	if (file_digest(fd, hex) == 0)
		for (size_t i = 0; i < program->sha256->n; i++)
			if (strcmp(program->sha256->item[i].text, hex) == 0)
				return true;
	warn(resolved, "program '%s': no executable with a digest that the policy lists",
	     program->name);
	return false;
}

static int open_program(const struct pw_resolver *resolver, struct pw_own *own, const char *path,
			bool *ret_linked, int *ret_fd)
{
	_cleanup_free_ char *canonical = NULL;
	int r = pw_paths_canonical(resolver->paths, path, &canonical);

	*ret_linked = r == 0 && strcmp(canonical, path) != 0;
	return r < 0 ? r : pw_own_open(own, canonical, 0, ret_fd);
}

static int warn_absent(void *resolved, const char *text)
{
	return warn(resolved, "%s", text);
}

static int resolve_programs(const struct pw_resolver *resolver, const struct pw_policy *policy,
			    const struct pw_compiled *compiled, struct pw_own *own,
			    struct pw_resolved *resolved)
{
	_cleanup_free_ bool *absent = calloc(compiled->n_exes + 1, sizeof(*absent));
	struct pw_publication *pub = &resolved->publication;
	size_t n_bound = 0; /* to programs of the policy */
	int r = absent ? 0 : -ENOMEM;

	for (size_t i = 0; i < compiled->n_exes && r == 0; i++) {
		const struct pw_exe_entry *entry = &compiled->exe[i];
		const struct pw_program_mask *program = &compiled->program[entry->program];
		const char *what = program->hub ? "hub" : "program";
		struct stat st;
		bool linked;
		int fd;

		r = open_program(resolver, own, entry->path, &linked, &fd);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
		if (r < 0) {
			absent[i] = r == -ENOENT || r == -ENOTDIR;
			r = absent[i] ? 0 : warn(resolved, "%s '%s': %s: %s", what,
						 program->name, entry->path, strerror(-r));
			continue;
		}
		if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		    (!entry->is_script && !digest_fits(program, fd, resolved))) {
			pw_fd_close(fd);
			continue;
		}
		if (linked && st.st_uid) {
			pw_fd_close(fd);
			r = warn(resolved, "%s '%s': %s is a link to a file that is not root's: it "
				 "will not be trusted", what, program->name, entry->path);
			continue;
		}
		if (st.st_mode & 022)
			r = warn(resolved, "%s '%s': %s can be written by others than its "
				 "owner: it will not be trusted", what, program->name, entry->path);
		if (r == 0)
			r = pw_resolved_grow((void **)&pub->exe, pub->n_exes, sizeof(*pub->exe));
		if (r < 0) {
			pw_fd_close(fd);
			return r;
		}
		pub->exe[pub->n_exes++] = (struct pw_kernel_exe){
			.fd = fd, .program = entry->program, .is_script = entry->is_script,
		};
		n_bound += !program->hub;
	}
	return r ? r : pw_absent_tell(policy, compiled, absent, n_bound, warn_absent, resolved);
}

static uint64_t fold(uint64_t digest, uint64_t word)
{
	return (digest ^ word) * FNV_PRIME ^ word >> 29;
}

uint64_t pw_programs_digest(struct pw_paths *paths, const struct pw_compiled *compiled)
{
	uint64_t digest = FNV_BASE;

	for (size_t i = 0; i < compiled->n_exes; i++) {
		struct stat st = { 0 };
		int fd = -EBADF;

		if (pw_paths_open(paths, compiled->exe[i].path, 0, &fd) == 0) {
			if (fstat(fd, &st) < 0)
				st.st_ino = 0;
			pw_fd_close(fd);
		}
		digest = fold(digest, st.st_ino);
		digest = fold(digest, st.st_dev);
		digest = fold(digest, (uint64_t)st.st_ctim.tv_sec * 1000000000u +
					      (uint64_t)st.st_ctim.tv_nsec);
	}
	return digest;
}

/* ---- People ---- */

static int resolve_people(const struct pw_resolver *resolver, const struct pw_compiled *compiled,
			  struct pw_resolved *resolved)
{
	_cleanup_(pw_people_free) struct pw_people people = { 0 };
	struct pw_publication *pub = &resolved->publication;
	size_t u = 0, m = 0;
	int r = pw_users_resolve(resolver->users, compiled, &people);

	if (r < 0)
		return r;
	pub->person = calloc(people.n_users + people.n_members + 1, sizeof(*pub->person));
	pub->group = calloc(people.n_groups + 1, sizeof(*pub->group));
	if (!pub->person || !pub->group)
		return -ENOMEM;
	while (u < people.n_users || m < people.n_members) { /* both sorted by id: merge */
		struct pw_kernel_id_mask *person = &pub->person[pub->n_persons++];
		uint32_t user = u < people.n_users ? people.user[u].id : UINT32_MAX;
		uint32_t member = m < people.n_members ? people.member[m].id : UINT32_MAX;

		person->id = user < member ? user : member;
		if (u < people.n_users && user == person->id)
			person->user = people.user[u++].mask;
		if (m < people.n_members && member == person->id)
			person->member = people.member[m++].mask;
	}
	for (size_t i = 0; i < people.n_groups; i++)
		pub->group[pub->n_groups++] = (struct pw_kernel_group_mask){
			people.group[i].id, people.group[i].mask
		};
	for (size_t i = 0; i < people.n_warnings && r == 0; i++)
		r = warn(resolved, "%s", people.warning[i]);
	return r;
}

static int add_canary(const struct pw_resolver *resolver, struct pw_resolved *resolved)
{
	struct pw_kernel_root root = { .fd = -EBADF, .flags = PW_OBJECT_CANARY };
	int r;

	if (resolver->canary_fd < 0)
		return 0;
	root.fd = fcntl(resolver->canary_fd, F_DUPFD_CLOEXEC, 0);
	if (root.fd < 0)
		return -errno;
	r = add_root(resolved, &root);
	if (r < 0)
		pw_fd_close(root.fd);
	return r;
}

/* Everything that is a place: trees, mounts in them, the file systems and devices below. */
static int resolve_places(const struct pw_resolver *resolver, const struct pw_compiled *compiled,
			  const struct pw_mounts *mounts, struct pw_own *own,
			  struct pw_resolved *resolved)
{
	_cleanup_(pw_file_systems_free) struct pw_file_systems *systems = NULL;
	_cleanup_free_ ssize_t *root_of = calloc(compiled->trees.n_anchors + 1, sizeof(*root_of));
	int r = root_of ? pw_file_systems_new(&compiled->trees, mounts, &systems) : -ENOMEM;

	if (r == 0)
		r = add_canary(resolver, resolved);
	if (r == 0)
		r = resolve_anchors(own, compiled, resolved, root_of);
	if (r == 0)
		pw_file_systems_anchors(systems, root_of, resolved->publication.root);
	if (r == 0)
		r = resolve_mounts(resolver, compiled, mounts, systems, resolved);
	if (r == 0)
		r = pw_file_systems_devices(systems, resolved);
	return r;
}

int pw_resolve(const struct pw_resolver *resolver, const struct pw_policy *policy,
	       const struct pw_compiled *compiled, struct pw_resolved **ret_resolved)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	_cleanup_(pw_own_free) struct pw_own *own = NULL;
	struct pw_resolved *resolved = calloc(1, sizeof(*resolved));
	int r;

	if (!resolved)
		return -ENOMEM;
	resolved->publication.compiled = compiled;
	r = pw_mounts_read(&mounts);
	if (r == 0)
		r = pw_own_new(resolver->paths, &mounts, &own);
	if (r == 0)
		r = resolve_places(resolver, compiled, &mounts, own, resolved);
	if (r == 0)
		r = resolve_programs(resolver, policy, compiled, own, resolved);
	if (r == 0)
		r = resolve_people(resolver, compiled, resolved);
	if (r == 0)
		r = pw_resolve_doors(resolver, policy, resolved);
	if (r == 0)
		resolved->programs_digest = pw_programs_digest(resolver->paths, compiled);
	if (r < 0) {
		pw_resolved_free(&resolved);
		return r;
	}
	*ret_resolved = resolved;
	return 0;
}
