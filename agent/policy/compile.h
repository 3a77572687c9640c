/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A policy as the decision needs it: masks, and the automaton of its trees. Pure: what the
 * host knows (canonical paths, the time) is handed in; users, groups and executables come
 * out by name for the host room to resolve.
 */
#ifndef PW_POLICY_COMPILE_H
#define PW_POLICY_COMPILE_H

#include "phiward/decide.h"
#include "phiward/tree.h"
#include "policy/policy.h"

struct pw_edge {
	struct pw_edge_key key;
	uint32_t next;
};

/*
 * A directory on the way of some literal tree, file or glob prefix, "/" included; parents
 * stand before children. The agent opens each that exists and ties it to @state.
 */
struct pw_anchor {
	char *path; /* canonical */
	uint32_t state;
	uint64_t labels; /* all that this very directory carries: of itself and of every parent */
	bool is_root;    /* a tree starts here: worth telling when it does not exist */
	struct pw_place_in_file at; /* the first entry that made it */
};

struct pw_trees {
	struct pw_state *state; /* state[PW_STATE_DEAD] is all zero */
	size_t n_states;
	struct pw_edge *edge;
	size_t n_edges;
	struct pw_glob *glob;
	size_t n_globs;
	struct pw_anchor *anchor;
	size_t n_anchors;
};

struct pw_name_mask {     /* a user or group by name, with the rules it satisfies */
	const char *name; /* borrowed from the policy */
	struct pw_mask mask;
};

/* An executable or script by path. Its mask bits need @script/@exe as its program says. */
struct pw_exe_entry {
	const char *path; /* borrowed from the policy */
	uint32_t program; /* index of pw_compiled.program */
	bool is_script;
};

/*
 * What a program is to the policy. Those of the policy's `programs` stand at their own
 * indexes; behind them one for each hub that names `paths`, with no rules.
 */
struct pw_program_mask {
	struct pw_mask mask;           /* rules that name this program */
	bool needs_exe;                /* `paths` given */
	bool needs_script;             /* `scripts` given */
	bool hub;                      /* takes no labels, and what is sent to it does not spread */
	uint64_t declassifies;         /* labels that what it writes does not take */
	const char *name;              /* of the program or hub; borrowed from the policy */
	const struct pw_texts *sha256; /* of the executable; NULL: a hub. Borrowed */
};

/* Limits of what a policy says of networks and hubs: what the kernel's maps hold twice. */
#define PW_NET_PREFIXES_MAX 32768
#define PW_NET_PORTS_MAX    131072
#define PW_HUB_NAMES_MAX    2048

/* One destination of one place: what of @addr's first @prefix_len bits, @port, @protocol. */
struct pw_net_entry {
	uint8_t addr[16];    /* IPv6; IPv4 at ::ffff:0:0/96. Bits behind the prefix are 0 */
	uint32_t prefix_len; /* 0..128 in IPv6 terms: 10.0.0.0/8 has 104 */
	uint32_t place;      /* bit of the place: its index in the policy */
	uint16_t port;       /* 0: any */
	uint8_t protocol;    /* IPPROTO_TCP, IPPROTO_UDP; 0: any */
};

/* A destination by name, for the host room to resolve. A name may come several times. */
struct pw_net_host {
	char *name;
	uint32_t place;
	uint16_t port;
	uint8_t protocol;
	struct pw_place_in_file at;
};

struct pw_net_address {   /* one address that a name has now */
	uint32_t host;    /* index of pw_compiled.host */
	uint8_t addr[16]; /* IPv6, or IPv4 at ::ffff:0:0/96 */
};

struct pw_net_prefix { /* the longest that covers an address tells the node: its index */
	uint8_t addr[16];
	uint32_t prefix_len;
};

struct pw_net_port {
	uint32_t node;
	uint16_t port;
	uint8_t protocol;
	uint64_t places; /* all that the destination belongs to, of shorter prefixes, too */
};

/*
 * Where in the network, as the kernel looks it up: the longest prefix that covers the
 * address gives the node; then the first there is of {node, protocol, port}, {node,
 * protocol, 0} and {node, 0, 0} gives the places; no prefix or none of the three: no place.
 * An entry with a port and any protocol is one of TCP and one of UDP: others have no port
 * here, and only {node, 0, 0} speaks of them.
 */
struct pw_network {
	struct pw_net_prefix *prefix; /* sorted by address, shorter ones first */
	size_t n_prefixes;
	struct pw_net_port *port; /* sorted by node, protocol, port; none without places */
	size_t n_ports;
};

struct pw_compiled {
	struct pw_image image;
	struct pw_trees trees;
	struct pw_name_mask *user;
	size_t n_users;
	struct pw_name_mask *group;
	size_t n_groups;
	struct pw_exe_entry *exe;
	size_t n_exes;
	struct pw_program_mask *program; /* the policy's, then those of hubs */
	size_t n_programs;
	struct pw_net_entry *net; /* addresses as written */
	size_t n_nets;
	struct pw_net_host *host; /* destinations as names */
	size_t n_hosts;
	struct pw_network network; /* of @net alone: until names are resolved */
	const char **hub_name;     /* of abstract sockets, without "@"; borrowed, each once */
	size_t n_hub_names;
	time_t next_change; /* when `hours` or `until` change the image; 0: never */
};

struct pw_compile_options {
	time_t now; /* for hours and until; local time zone */
	/*
	 * Canonical form of @path, whose components are all literal: symlinks of the part
	 * that exists resolved. Returns 0 with *ret (caller frees) or -errno.
	 * NULL: paths are canonical already.
	 */
	int (*canonical)(void *ctx, const char *path, char **ret);
	void *ctx;
};

/*
 * Compile. An allow or warn rule that names read, write, create, rename, link or delete
 * also covers `stat` of the same objects (who may read a file may know its size). Labels
 * are bits (struct pw_label.bit) in all that comes out. Returns 0 with *ret_compiled (pw_compiled_free; borrows names from @policy, which must
 * outlive it), -E2BIG when trees or destinations are over a limit (a finding says which and where),
 * -ENOMEM.
 */
int pw_policy_compile(const struct pw_policy *policy, const struct pw_compile_options *options,
		      struct pw_findings *findings, struct pw_compiled **ret_compiled);

void pw_compiled_free(struct pw_compiled **compiled);

/*
 * The table of @compiled with what its names are now: a further pw_network_build() with other
 * addresses is all that is needed when they change. Pure. Returns 0 with @ret_network
 * (pw_network_free(); unset on an error), -E2BIG: over PW_NET_*_MAX, or -ENOMEM.
 */
int pw_network_build(const struct pw_compiled *compiled, const struct pw_net_address *address,
		     size_t n, struct pw_network *ret_network);
void pw_network_free(struct pw_network *network);

/* The places of a destination, looked up as the kernel does it. */
uint64_t pw_network_places(const struct pw_network *network, const uint8_t addr[static 16],
			   uint8_t protocol, uint16_t port);

/* What is at a path by name alone. */
struct pw_trees_found {
	uint64_t labels;
	uint64_t places; /* whose `directories` it is or lies in */
	uint32_t state;  /* of the automaton */
	bool hub;        /* a socket there is a hub's */
};

/*
 * What @path (absolute, canonical) carries by name alone, as the kernel would find it when
 * every directory was created under the agent's eyes.
 */
void pw_trees_find(const struct pw_trees *trees, const char *path, bool is_directory,
		   struct pw_trees_found *ret_found);

/* Its labels; *ret_state: of the automaton there. */
uint64_t pw_trees_at(const struct pw_trees *trees, const char *path, bool is_directory,
		     uint32_t *ret_state);

/* The same without the state. */
uint64_t pw_trees_labels(const struct pw_trees *trees, const char *path, bool is_directory);

/* A person and a program, as explain and the tests know them. */
struct pw_who {
	const char *user;          /* the person, or NULL */
	const char *const *groups; /* of the person */
	size_t n_groups;
	const char *exe;    /* path, or NULL: unknown */
	const char *script; /* or NULL */
};

/* The rules that @who satisfies: actor & program & session(any). Places: pw_mask_places(). */
void pw_compiled_who(const struct pw_compiled *compiled, const struct pw_who *who,
		     struct pw_mask *ret_mask);

#endif /* PW_POLICY_COMPILE_H */
