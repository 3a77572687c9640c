/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyed tokens and their key. The key never leaves this file and the caller's struct. */
#include "evidence/token.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

static int read_key(const char *path, struct pw_token_key *ret_key)
{
	_cleanup_close_ int fd = -EBADF;
	uint8_t bytes[PW_TOKEN_KEY_SIZE + 1];
	struct stat st;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return -EPERM;
	n = read(fd, bytes, sizeof(bytes));
	if (n < 0)
		return -errno;
	if (n == PW_TOKEN_KEY_SIZE)
		memcpy(ret_key->bytes, bytes, PW_TOKEN_KEY_SIZE);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return n == PW_TOKEN_KEY_SIZE ? 0 : -EBADMSG;
}

static int write_key(const char *path)
{
	uint8_t bytes[PW_TOKEN_KEY_SIZE];
	_cleanup_close_ int fd = -EBADF;
	ssize_t n;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -EIO;
	n = write(fd, bytes, sizeof(bytes));
	OPENSSL_cleanse(bytes, sizeof(bytes));
	if (n < 0)
		return -errno;
	if (n != (ssize_t)sizeof(bytes))
		return -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

int pw_token_key_load(const char *path, struct pw_token_key *ret_key)
{
	_cleanup_str_ struct pw_str fresh = { 0 };
	int r = read_key(path, ret_key);

	if (r != -ENOENT)
		return r;
	pw_str_addf(&fresh, "%s.new.%d", path, (int)getpid());
	if (fresh.error)
		return fresh.error;
	/* A leftover of a crash under the same pid; the key itself is made by link(2) only. */
	unlink(fresh.text);
	r = write_key(fresh.text);
	if (r == 0 && link(fresh.text, path) < 0 && errno != EEXIST)
		r = -errno;
	unlink(fresh.text);
	return r < 0 ? r : read_key(path, ret_key);
}

int pw_token(const struct pw_token_key *key, const void *bytes, size_t len,
	     char ret_token[PW_TOKEN_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!HMAC(EVP_sha256(), key->bytes, PW_TOKEN_KEY_SIZE, bytes, len, digest, &n) || n < 8)
		return -EIO;
	ret_token[0] = '~';
	for (size_t i = 0; i < 8; i++) {
		ret_token[1 + 2 * i] = hex[digest[i] >> 4];
		ret_token[2 + 2 * i] = hex[digest[i] & 15];
	}
	ret_token[PW_TOKEN_LEN] = '\0';
	return 0;
}

int pw_token_path(const struct pw_token_key *key, const char *path, size_t len, size_t clear,
		  struct pw_str *into)
{
	size_t i;

	if (clear > len)
		clear = len;
	if (clear < len && path[clear] != '/')
		while (clear > 0 && path[clear - 1] != '/')
			clear--;
	pw_str_add_bytes(into, path, clear);
	for (i = clear; i < len;) {
		char token[PW_TOKEN_LEN + 1];
		size_t n = 0;
		int r;

		if (path[i] == '/') {
			pw_str_add(into, "/");
			i++;
			continue;
		}
		while (i + n < len && path[i + n] != '/')
			n++;
		r = pw_token(key, path + i, n, token);
		if (r < 0)
			return r;
		pw_str_add(into, token);
		i += n;
	}
	return into->error;
}
