/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which bit a label is: the same under every policy, as long as anything may carry it. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

const struct pw_label *pw_policy_label(const struct pw_policy *policy, unsigned int bit)
{
	for (size_t i = 0; i < policy->n_labels; i++)
		if (policy->label[i].bit == bit)
			return &policy->label[i];
	return NULL;
}

/* The bits in @known, or -EINVAL. */
static int known_bits(const struct pw_label_number *known, size_t n, uint64_t *ret_bits)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		if (known[i].bit >= PW_LABELS_MAX || bits >> known[i].bit & 1)
			return -EINVAL;
		bits |= 1ULL << known[i].bit;
		for (size_t k = 0; k < i; k++)
			if (strcmp(known[i].name, known[k].name) == 0)
				return -EINVAL;
	}
	*ret_bits = bits;
	return 0;
}

int pw_policy_number_labels(struct pw_policy *policy, const struct pw_label_number *known, size_t n)
{
	unsigned int bit[PW_LABELS_MAX];
	uint64_t taken;
	int r = known_bits(known, n, &taken);

	if (r < 0)
		return r;
	if (policy->n_labels > PW_LABELS_MAX)
		return -E2BIG;
	for (size_t i = 0; i < policy->n_labels; i++) {
		size_t k = 0;

		while (k < n && strcmp(known[k].name, policy->label[i].name.text) != 0)
			k++;
		if (k < n) {
			bit[i] = known[k].bit;
			continue;
		}
		if (taken == UINT64_MAX)
			return -E2BIG;
		bit[i] = (unsigned int)__builtin_ctzll(~taken);
		taken |= 1ULL << bit[i];
	}
	for (size_t i = 0; i < policy->n_labels; i++)
		policy->label[i].bit = bit[i];
	return 0;
}
