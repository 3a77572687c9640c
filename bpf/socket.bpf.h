/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets and queues: a holder that sends asks the policy for the place, or the labels go
 * along to the other end, where whoever receives comes to hold them. Decided when it is sent,
 * not when it is connected: a connection may be older than the label. By probe reads, for the
 * same is asked by hooks that hand out a socket, a file, or two sockets. Runs for holders and
 * for marked ends only.
 */
#ifndef PW_SOCKET_BPF_H
#define PW_SOCKET_BPF_H

#include "write.bpf.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262
#define PW_PORT_IPP 631
#define KEY_NEED_WRITE 3 /* enum key_need_perm, since 5.8 */
#define PW_KEY_POSSESSED 1ULL /* in a reference to a key, beside its address */

struct pw_sending {
	__u64 sk;    /* struct sock that it goes out of */
	__u64 peer;  /* unix: the one it goes to, if the hook tells; pw_send_peer() adds it */
	__u64 name;  /* kernel's copy of the address given, or 0 */
	__u32 name_len;
	__u16 hook;
	__u16 kind;  /* of peer: PW_PEER_* */
};

/* ---- Where it goes: the network ---- */

static __always_inline __u16 pw_be16(__be16 value)
{
	return __builtin_bswap16(value);
}

static __always_inline void pw_to_v4(struct pw_to *to, __be32 address)
{
	if (!address)
		address = __builtin_bswap32(0x7f000001); /* 0.0.0.0 is this host */
	*(__u64 *)to->addr = 0;
	*(__u32 *)&to->addr[8] = __builtin_bswap32(0xffff);
	*(__u32 *)&to->addr[12] = address;
}

static __always_inline void pw_to_v6(struct pw_to *to, const struct in6_addr *address)
{
	__builtin_memcpy(to->addr, address, sizeof(to->addr));
	if (!*(__u64 *)to->addr && !*(__u64 *)&to->addr[8])
		to->addr[15] = 1; /* :: is this host */
	else if (!*(__u64 *)to->addr && *(__u32 *)&to->addr[8] == __builtin_bswap32(0xffff))
		pw_to_v4(to, *(__u32 *)&to->addr[12]);
}

/* sockaddr_in and sockaddr_in6, as far as they say where to. */
struct pw_inet_name {
	__u16 family;
	__be16 port;
	__be32 v4;
	struct in6_addr v6;
};

/* The destination: as it was named, or what the socket is connected to. */
static __always_inline void pw_to_inet(struct pw_to *to, const struct pw_sending *sending,
				       __u16 family)
{
	struct sock *sk = (struct sock *)sending->sk;
	struct pw_inet_name name = {};

	if (sending->name && sending->name_len >= 8) {
		bpf_probe_read_kernel(&name, sending->name_len >= 24 ? 24 : 8, (void *)sending->name);
		to->port = pw_be16(name.port);
		if (name.family == AF_INET6)
			pw_to_v6(to, &name.v6);
		else
			pw_to_v4(to, name.v4);
		return;
	}
	to->port = pw_be16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (family == AF_INET6) {
		BPF_CORE_READ_INTO(&name.v6, sk, __sk_common.skc_v6_daddr);
		pw_to_v6(to, &name.v6);
	} else {
		pw_to_v4(to, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	}
}

/* The places that the address and port belong to. */
static __noinline __u64 pw_places_of_net(const struct pw_to *to, __u64 now)
{
	struct pw_net_key net = { .prefixlen = 32 + 128, .slot = pw_slot_of(now) };
	struct pw_port_key port = { .protocol = to->protocol == IPPROTO_MPTCP ? IPPROTO_TCP :
										to->protocol };
	__u32 *node;
	__u64 *places;

	__builtin_memcpy(net.addr, to->addr, sizeof(net.addr));
	node = bpf_map_lookup_elem(&pw_nets, &net);
	if (!node)
		return 0;
	port.node = *node | net.slot << PW_STATE_SLOT;
	port.port = to->port;
	places = bpf_map_lookup_elem(&pw_ports, &port);
	if (places)
		return *places;
	port.port = 0;
	places = bpf_map_lookup_elem(&pw_ports, &port);
	if (places)
		return *places;
	port.protocol = 0;
	places = bpf_map_lookup_elem(&pw_ports, &port);
	return places ? *places : 0;
}

static __always_inline void pw_door_of_inet(struct pw_to *to, const struct pw_sending *sending,
					    __u16 family, __u64 now)
{
	struct sock *sk = (struct sock *)sending->sk;
	__u32 slot = pw_slot_of(now);
	struct pw_image *image;

	to->door = PW_DOOR_NETWORK;
	to->protocol = BPF_CORE_READ(sk, sk_protocol);
	pw_to_inet(to, sending, family);
	if (BPF_CORE_READ(sk, sk_type) == SOCK_RAW)
		return; /* what the packet says counts there, and nobody looks into it */
	to->places = pw_places_of_net(to, now);
	if (to->port != PW_PORT_IPP)
		return;
	image = bpf_map_lookup_elem(&pw_images, &slot);
	to->door = PW_DOOR_PRINTER;
	if (image)
		to->places |= image->printers;
}

/* ---- Where it goes: unix sockets ---- */

/* The inode of a socket that a process has, or 0. */
static __always_inline __u64 pw_inode_of_sk(__u64 address)
{
	struct sock *sk = (struct sock *)address;
	__u64 socket = (__u64)BPF_CORE_READ(sk, sk_socket);

	return socket ? socket + bpf_core_field_offset(struct socket_alloc, vfs_inode) : 0;
}

/* Whose process has the other end? As the kernel would tell it by SO_PEERCRED, if it does. */
static __always_inline __u32 pw_uid_of_peer(const struct pw_sending *sending, __u64 peer)
{
	struct sock *sk = (struct sock *)sending->sk, *other = (struct sock *)peer;
	const struct cred *cred = BPF_CORE_READ(sk, sk_peer_cred);
	struct inode *inode = (struct inode *)pw_inode_of_sk(peer);

	if (cred)
		return BPF_CORE_READ(cred, euid.val);
	return inode ? BPF_CORE_READ(inode, i_uid.val) : BPF_CORE_READ(other, sk_uid.val);
}

/* Is the abstract name @address (struct unix_address) a hub's? */
static __noinline bool pw_is_hub_name(__u64 address, __u64 now)
{
	struct unix_address *name = (struct unix_address *)address;
	__u32 len = BPF_CORE_READ(name, len) - 3, index; /* family, and the NUL in front */
	__u64 text = address + bpf_core_field_offset(struct unix_address, name) + 3;
	struct pw_hub_key key = { .slot = pw_slot_of(now) };
	struct pw_name_slot *slot;

	if (len > 108)
		return false;
	index = pw_name_claim();
	slot = bpf_map_lookup_elem(&pw_names, &index);
	if (!slot)
		return false;
	__builtin_memset(&slot->name, 0, sizeof(slot->name));
	len &= PW_NAME_MAX;
	if (len)
		bpf_probe_read_kernel(&slot->name, len, (void *)text);
	key.hash = pw_name_digest(&slot->name, len);
	key.len = len;
	slot->busy = 0;
	return bpf_map_lookup_elem(&pw_hub_names, &key) != NULL;
}

/* What the socket that @peer is, or was accepted from, is bound to. */
#define PW_PEER_HUB 1	  /* the policy names it as a hub's */
#define PW_PEER_PRINTER 2 /* the print server's */
#define PW_PEER_LATER 3	  /* not known yet: a later hook asks */

static __always_inline __u32 pw_peer_kind(__u64 peer, __u64 now)
{
	struct unix_sock *unix = (struct unix_sock *)peer;
	__u64 dentry = (__u64)BPF_CORE_READ(unix, path.dentry);
	struct dentry *d = (struct dentry *)dentry;
	struct pw_object o = {};
	__u64 address, name = 0;

	if (dentry) {
		pw_resolve_slow(dentry, &o);
		if (o.flags & PW_OBJECT_HUB)
			return PW_PEER_HUB;
		if (BPF_CORE_READ(d, d_name.len) != 9 || BPF_CORE_READ(d, d_inode, i_uid.val))
			return 0;
		bpf_probe_read_kernel(&name, sizeof(name), BPF_CORE_READ(d, d_name.name));
		return name == 0x636f732e73707563ULL /* "cups.soc" */ ? PW_PEER_PRINTER : 0;
	}
	address = (__u64)BPF_CORE_READ(unix, addr);
	return address && pw_is_hub_name(address, now) ? PW_PEER_HUB : 0;
}

/* Data waits at the other end now: at the socket, and at its inode for who splices it out. */
static __noinline int pw_mark_peer(struct pw_access *access, __u64 peer)
{
	struct inode *inode = (struct inode *)pw_inode_of_sk(peer);
	struct pw_marking marking = {
		.address = (__u64)inode,
		.labels = access->object.labels,
		.why = PW_MARK_FLOW | PW_MARK_PASSING,
		.person = pw_person_of(bpf_get_current_task_btf()),
	};
	int r = pw_end_mark(peer, access->object.labels);

	access->report = 0;
	if (r > 0) {
		access->kind = PW_EVENT_MARKED;
		access->report = 1;
	}
	if (r < 0) {
		const struct pw_image *image = pw_lineage_image(pw_now);

		return image ? pw_spread_failed(access, access->object.labels, image) : 0;
	}
	if (inode && r) {
		pw_mark_key_read(inode, &marking.key);
		pw_mark_put(&marking);
	}
	return PW_ANSWER_ALLOW;
}

/* The door that the other end is; 0: none, the labels go along; IGNORED: a hub, or nobody. */
static __always_inline __u32 pw_door_of_unix(struct pw_access *access, const struct pw_sending *sending,
					__u64 peer)
{
	struct pw_scratch *scratch = pw_scratch_at(access->scratch);
	struct task_struct *current = bpf_get_current_task_btf();
	const struct pw_image *image = pw_lineage_image(pw_now);
	__u32 uid;

	if (!image || !peer || sending->kind == PW_PEER_HUB)
		return PW_DOOR_IGNORED;
	if (!scratch)
		return PW_DOOR_UNIX;
	uid = pw_uid_of_peer(sending, peer);
	scratch->to.family = AF_UNIX;
	scratch->to.uid = uid;
	if (sending->kind == PW_PEER_PRINTER) {
		scratch->to.places = image->printers;
		return scratch->to.door = PW_DOOR_PRINTER;
	}
	if (uid == current->real_cred->uid.val && !(image->strict >> PW_DOOR_UNIX & 1))
		return PW_DOOR_NONE;
	return scratch->to.door = PW_DOOR_UNIX;
}

/* ---- Asking ---- */

/* To the kernel itself, not to another process? */
static __always_inline bool pw_netlink_to_kernel(const struct pw_sending *sending)
{
	struct {
		__u16 family, pad;
		__u32 pid, groups;
	} name = {};

	if (!sending->name || sending->name_len < sizeof(name))
		return true;
	bpf_probe_read_kernel(&name, sizeof(name), (void *)sending->name);
	return !name.pid && !name.groups;
}

static __noinline __u32 pw_door_of_socket(struct pw_access *access,
					  const struct pw_sending *sending, __u64 peer)
{
	struct pw_scratch *scratch = pw_access_begin(access, bpf_get_current_task_btf());
	struct sock *sk = (struct sock *)sending->sk;
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family == AF_NETLINK && pw_netlink_to_kernel(sending))
		return PW_DOOR_IGNORED;
	if (family == AF_UNIX)
		return pw_door_of_unix(access, sending, peer);
	if (!scratch)
		return PW_DOOR_NETWORK;
	scratch->to.family = family;
	scratch->to.uid = PW_UNSET;
	if (family == AF_INET || family == AF_INET6) {
		pw_door_of_inet(&scratch->to, sending, family, pw_now);
	} else {
		scratch->to.door = PW_DOOR_NETWORK;
		scratch->to.protocol = BPF_CORE_READ(sk, sk_protocol);
	}
	return scratch->to.door;
}

/*
 * Whom it goes to, for unix, and what that is. Apart, for the stack is short. Global:
 * verified once.
 */
__noinline int pw_send_peer(struct pw_sending *sending)
{
	struct unix_sock *unix;
	struct sock *sk;

	if (!sending)
		return 0;
	sk = (struct sock *)sending->sk;
	if (BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX)
		return 0;
	if (!sending->peer) {
		unix = (struct unix_sock *)sending->sk;
		if (BPF_CORE_READ(sk, sk_type) == SOCK_DGRAM) {
			sending->kind = PW_PEER_LATER;
			return 0;
		}
		sending->peer = (__u64)BPF_CORE_READ(unix, peer);
	}
	if (sending->peer)
		sending->kind = pw_peer_kind(sending->peer, pw_now);
	return 0;
}

/*
 * The current process holds @held and sends. Global: verified once. Returns PW_ANSWER_*.
 */
__noinline int pw_on_send_held(struct pw_sending *sending, __u64 held)
{
	struct pw_access access = { .op = PW_OP_SEND, .quiet = 1 };
	__u64 left;
	__u32 door;
	int answer;

	if (!sending || !sending->sk || sending->kind == PW_PEER_LATER)
		return PW_ANSWER_ALLOW;
	access.hook = sending->hook;
	access.inode = pw_inode_of_sk(sending->sk);
	left = pw_spreading(&access, held);
	if (access.report)
		pw_tell_lineage(&access, held & ~left);
	if (!left)
		return PW_ANSWER_ALLOW;
	access.object.labels = left;
	door = pw_door_of_socket(&access, sending, sending->peer);
	if (door && door != PW_DOOR_IGNORED)
		return pw_ask_send(&access);
	pw_access_end(&access);
	if (door)
		return PW_ANSWER_ALLOW;
	answer = pw_mark_peer(&access, sending->peer);
	if (access.report)
		pw_tell_lineage(&access, access.object.labels);
	return answer;
}

static __noinline int pw_on_send(struct socket *sock, struct msghdr *msg)
{
	__u64 held = pw_held_by_writer();
	struct pw_sending sending = { .hook = PW_HOOK_SOCKET_SENDMSG };

	if (!held)
		return PW_ANSWER_ALLOW;
	sending.sk = pw_address(sock->sk);
	sending.name = pw_address(msg->msg_name);
	sending.name_len = msg->msg_namelen;
	pw_send_peer(&sending);
	return pw_on_send_held(&sending, held);
}

static __noinline int pw_on_connect(struct socket *sock, struct sockaddr *address, int len)
{
	__u64 held = pw_held_by_writer();
	struct pw_sending sending = { .hook = PW_HOOK_SOCKET_CONNECT };
	__u16 family = address->sa_family;

	/* Others pass nothing yet; AF_UNSPEC takes a connection away. */
	if (!held || (family != AF_INET && family != AF_INET6))
		return PW_ANSWER_ALLOW;
	sending.sk = pw_address(sock->sk);
	sending.name = pw_address(address);
	sending.name_len = len;
	return pw_on_send_held(&sending, held);
}

static __noinline int pw_on_unix_send(struct socket *sock, struct socket *other)
{
	__u64 held = pw_held_by_writer();
	struct pw_sending sending = { .hook = PW_HOOK_UNIX_DGRAM };

	if (!held)
		return PW_ANSWER_ALLOW;
	sending.sk = pw_address(sock->sk);
	sending.peer = pw_address(other->sk);
	pw_send_peer(&sending);
	return pw_on_send_held(&sending, held);
}

/* Written or spliced to by its descriptor: until 6.5 no hook of sockets sees the latter. */
static __noinline int pw_on_socket_write(__u64 sk, __u64 held)
{
	struct pw_sending sending = { .sk = sk, .hook = PW_HOOK_FILE_PERMISSION };

	pw_send_peer(&sending);
	return pw_on_send_held(&sending, held);
}

static __always_inline __u64 pw_sk_of(__u64 inode)
{
	struct socket *socket = (struct socket *)(inode -
						  bpf_core_field_offset(struct socket_alloc,
									vfs_inode));

	return (__u64)BPF_CORE_READ(socket, sk);
}

/*
 * Families over which data leaves past the hooks, or in a shape that no place can name: no
 * socket of those for a holder, unless the rules let it send anywhere.
 */
static __noinline int pw_on_socket_create(int family, int protocol)
{
	struct pw_access access = { .op = PW_OP_SEND, .hook = PW_HOOK_SOCKET_CREATE };
	struct pw_scratch *scratch;
	__u64 held = pw_held_by_writer();

	if (!held || family == AF_UNIX || family == AF_INET || family == AF_INET6 ||
	    family == AF_NETLINK)
		return PW_ANSWER_ALLOW;
	scratch = pw_access_begin(&access, bpf_get_current_task_btf());
	if (scratch) {
		scratch->to.door = PW_DOOR_NETWORK;
		scratch->to.family = family;
		scratch->to.protocol = protocol;
		scratch->to.uid = PW_UNSET;
	}
	access.object.labels = held;
	return pw_ask_send(&access);
}

/* ---- The canary ---- */

/*
 * The canary's helper tries a socket whose own name (@sk), or that of the other end, lies in
 * the canary's directory; 0: one that has no name yet. Refused, and told as its refusal.
 */
static __noinline int pw_on_canary_socket(__u64 sk, __u32 hook)
{
	struct unix_sock *unix = (struct unix_sock *)sk;
	struct sock *sock = (struct sock *)sk;
	struct pw_access access = { .op = PW_OP_SEND };

	if (bpf_get_current_task_btf()->tgid != pw_canary)
		return PW_ANSWER_ALLOW;
	if (sk) {
		if (BPF_CORE_READ(sock, __sk_common.skc_family) != AF_UNIX)
			return PW_ANSWER_ALLOW;
		access.dentry = (__u64)BPF_CORE_READ(unix, path.dentry);
		if (!access.dentry)
			return PW_ANSWER_ALLOW;
		pw_resolve_slow(access.dentry, &access.object);
	} else {
		access.object.flags = PW_OBJECT_CANARY;
	}
	access.hook = hook;
	return access.object.flags & PW_OBJECT_CANARY ? pw_ask(&access, NULL) : PW_ANSWER_ALLOW;
}

/* ---- Receiving ---- */

/* Labelled data may wait at the end at @address, which the current task is about to read. */
static __noinline int pw_on_receive(__u64 address, __u64 inode, __u32 hook)
{
	struct pw_access access = {};
	int answer;

	if (!pw_end_look(address, &access.object))
		return PW_ANSWER_ALLOW;
	access.op = PW_OP_READ;
	access.hook = hook;
	access.quiet = 1;
	access.door = PW_DOOR_IPC;
	access.inode = inode;
	answer = pw_ask(&access, NULL);
	return answer == PW_ANSWER_ALLOW ? pw_take_from(&access) : answer;
}

/* ---- Queues (System V) ---- */

/* The queue carries what a holder puts into it. */
static __noinline int pw_on_queue_send(struct kern_ipc_perm *queue)
{
	struct pw_access access = { .op = PW_OP_WRITE, .hook = PW_HOOK_MSG_SEND };
	__u64 held = pw_held_by_writer();

	if (!held)
		return PW_ANSWER_ALLOW;
	access.door = PW_DOOR_IPC;
	access.object.labels = pw_spreading(&access, held);
	if (!access.object.labels)
		return PW_ANSWER_ALLOW;
	if (pw_end_mark(pw_address(queue), access.object.labels) > 0) {
		access.kind = PW_EVENT_MARKED;
		pw_tell_lineage(&access, access.object.labels);
	}
	return PW_ANSWER_ALLOW;
}

/* What the current process holds (@held) goes to somebody of whom only @uid is known. */
static __noinline int pw_on_pass(__u64 held, __u32 uid, __u32 hook)
{
	struct pw_access access = { .op = PW_OP_SEND, .hook = hook };
	struct pw_scratch *scratch = pw_access_begin(&access, bpf_get_current_task_btf());

	if (scratch) {
		scratch->to.door = PW_DOOR_IPC;
		scratch->to.uid = uid;
	}
	access.object.labels = held;
	return pw_ask_send(&access);
}

/*
 * A sender hands the message to whoever waits for it: the one that receives is not the one
 * that runs. To another person's process that is a door, as with a pipe. Who is passed over
 * waits on, and is asked when it comes to receive anew.
 */
static __noinline int pw_on_queue_hand(struct task_struct *target)
{
	__u64 held = pw_held_by_writer(), number;
	struct pw_task *task;

	if (!held) /* what was sent before waits in the queue, and is not handed over */
		return PW_ANSWER_ALLOW;
	task = bpf_task_storage_get(&pw_tasks, target, NULL, 0);
	number = pw_domain_number(target, task);
	if (pw_is_hub(number, task, pw_now))
		return PW_ANSWER_ALLOW;
	if (pw_person_of(target) != pw_person_of(bpf_get_current_task_btf()))
		return pw_on_pass(held, target->real_cred->uid.val, PW_HOOK_MSG_RECEIVE);
	if (pw_domain_hold(number, held, 0) > 0 && pw_n_ways)
		pw_ways_settle();
	return PW_ANSWER_ALLOW;
}

static __always_inline int pw_on_queue_receive(struct kern_ipc_perm *queue,
					       struct task_struct *target)
{
	if (target == bpf_get_current_task_btf())
		return pw_on_receive(pw_address(queue), 0, PW_HOOK_MSG_RECEIVE);
	return pw_on_queue_hand(target);
}

/*
 * Keys of a user's own are a place for data that outlives the process, and that nobody guards:
 * none is made or written by a holder. @key: its address.
 */
static __noinline int pw_on_key(__u64 key, __u32 hook)
{
	struct key *k = (struct key *)key;
	__u64 held = pw_held_by_writer();
	char name[8] = {};

	if (!held)
		return PW_ANSWER_ALLOW;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(k, type, name));
	if (*(__u64 *)name != 0x72657375ULL /* user */ &&
	    *(__u64 *)name != 0x6e6f676f6cULL /* logon */ &&
	    *(__u64 *)name != 0x79656b5f676962ULL /* big_key */)
		return PW_ANSWER_ALLOW;
	return pw_on_pass(held, PW_UNSET, hook);
}

static __always_inline void pw_end_forget(__u64 address)
{
	if (pw_n_ends)
		bpf_map_delete_elem(&pw_ends, &address);
}

#endif /* PW_SOCKET_BPF_H */
