/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a holder writes: the file takes the labels along, or it is a door and the rules are
 * asked whether they may go there.
 */
#ifndef PW_WRITE_BPF_H
#define PW_WRITE_BPF_H

#include "file.bpf.h"

/* Ask whether the labels may go to where scratch->to says, and end the access. */
static __always_inline int pw_ask_send(struct pw_access *access)
{
	int answer = pw_judge_send(access);

	if (access->report)
		pw_report(access);
	pw_access_end(access);
	return answer;
}

/*
 * Which door is the file, for a holder that writes to it? 0: none, it takes the labels. What
 * it found stands in the scratch that it has taken. Without one nothing can be found out:
 * then it is a door that no place names.
 */
static __noinline __u32 pw_door_of(struct file *file, struct pw_access *access, __u64 places)
{
	struct inode *inode = file->f_inode;
	struct pw_scratch *scratch = pw_access_begin(access, bpf_get_current_task_btf());
	__u64 now = pw_now;
	const struct pw_image *image = pw_lineage_image(now);
	__u32 door = PW_DOOR_IGNORED;
	umode_t type = inode->i_mode & S_IFMT;

	if (!scratch || !image)
		return image ? PW_DOOR_FILE : PW_DOOR_IGNORED;
	scratch->to.places = places;
	if (type == S_IFREG)
		door = pw_door_of_file(inode, &scratch->to, now);
	else if (type == S_IFIFO)
		door = pw_pipe_awaited(inode, pw_person_of(bpf_get_current_task_btf())) ?
			       PW_DOOR_IPC :
			       PW_DOOR_NONE;
	else if (pw_is_device(inode->i_mode))
		door = pw_door_of_device(inode, &scratch->to, image, now);
	if (!door && type == S_IFREG && inode->i_nlink && image->strict >> PW_DOOR_FILE & 1)
		door = PW_DOOR_FILE;
	scratch->to.door = door;
	scratch->to.uid = PW_UNSET;
	return door;
}

/*
 * The object takes the labels; what has no name passes them on as long as it is there. What
 * is to be told is left in @access.
 */
static __noinline int pw_mark_inode(struct inode *inode, struct pw_access *access)
{
	struct pw_marking marking = {
		.key = pw_mark_key_of(inode),
		.address = pw_address(inode),
		.labels = access->object.labels,
		.why = PW_MARK_FLOW,
		.person = pw_person_of(bpf_get_current_task_btf()),
	};

	if (!inode->i_nlink || (inode->i_mode & S_IFMT) == S_IFIFO || pw_is_queue(inode))
		marking.why |= PW_MARK_PASSING;
	return pw_mark_object(access, &marking);
}

/* A terminal of the person's own shows it; at its other end somebody may read it. */
static __noinline int pw_mark_tty(struct file *file, struct pw_access *access)
{
	__u64 link;

	access->report = 0;
	pw_tty_of(file, &link);
	if (link && pw_end_mark(link, access->object.labels) > 0) {
		access->kind = PW_EVENT_MARKED;
		access->report = 1;
	}
	return PW_ANSWER_ALLOW;
}

static __always_inline bool pw_is_own_tty(struct inode *inode)
{
	struct task_struct *current = bpf_get_current_task_btf();
	__u32 owner = inode->i_uid.val;

	return (inode->i_mode & S_IFMT) == S_IFCHR && pw_chr_is_tty(PW_MAJOR(inode->i_rdev)) &&
	       (owner == current->real_cred->uid.val || owner == pw_person_of(current) ||
		PW_MAJOR(inode->i_rdev) == 5);
}

/* Take the labels along, to where it is no door. What is to be told is left in @access. */
static __always_inline int pw_spread_to(struct file *file, struct inode *inode,
					struct pw_access *access, __u64 places)
{
	__u32 door;

	if (pw_is_own_tty(inode))
		return pw_mark_tty(file, access);
	door = pw_door_of(file, access, places);
	if (door && door != PW_DOOR_IGNORED)
		return PW_ANSWER_DOOR;
	pw_access_end(access);
	return door ? PW_ANSWER_ALLOW : pw_mark_inode(inode, access);
}

/*
 * The current process holds @held and writes to a file that does not carry it all. The file
 * takes the labels along, or it is a door. @places: those of its directory.
 */
static __noinline int pw_on_spread(struct file *file, __u64 held, __u32 hook, __u64 places)
{
	struct inode *inode = file->f_inode;
	struct pw_access access = {};
	__u64 left;
	int answer;

	pw_access_file(&access, file, inode, hook);
	access.quiet = 1;
	access.op = PW_OP_WRITE;
	left = pw_spreading(&access, held);
	if (access.report) /* a declassifier: the rest of them goes along */
		pw_tell_lineage(&access, held & ~left);
	if (!left)
		return PW_ANSWER_ALLOW;
	access.object.labels = left;
	answer = pw_spread_to(file, inode, &access, places);
	if (answer == PW_ANSWER_DOOR)
		return pw_ask_send(&access);
	if (access.report) {
		if (pw_n_ways)
			pw_ways_settle();
		pw_tell_lineage(&access, access.object.labels);
	}
	return answer;
}

/*
 * Opened for writing by a holder: the labels that are asked about at the open already. For
 * devices, for ioctl(2) passes data, too; for what is new, and core dumps, for those are not
 * written by a hook.
 */
static __noinline __u64 pw_open_spreads(struct file *file)
{
	struct inode *inode = file->f_inode;
	umode_t type = inode->i_mode & S_IFMT;

	if (pw_is_device(inode->i_mode) ? pw_is_own_tty(inode) :
	    type != S_IFIFO &&
	    (type != S_IFREG || !(file->f_mode & FMODE_CREATED ||
				  bpf_get_current_task_btf()->flags & PF_DUMPCORE)))
		return 0;
	return pw_held_by_writer();
}

#endif /* PW_WRITE_BPF_H */
