// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * shares FROM TO
 *
 * Two processes share memory before either has read anything. The one has cat read FROM, and
 * puts what it says there; the other writes it to TO.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	size_t len;
	char bytes[65536 - sizeof(size_t)];
};

/* In the child: what cat says of @path into @shared. */
static int fill(struct shared *shared, const char *path)
{
	int pipes[2], status;
	ssize_t n;
	pid_t cat;

	if (pipe(pipes) < 0 || (cat = fork()) < 0)
		return 1;
	if (cat == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execlp("cat", "cat", path, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], shared->bytes + shared->len,
			 sizeof(shared->bytes) - shared->len)) > 0)
		shared->len += (size_t)n;
	return n < 0 || waitpid(cat, &status, 0) != cat || status != 0;
}

int main(int argc, char **argv)
{
	struct shared *shared;
	int status;
	FILE *to;
	pid_t pid;

	if (argc != 3)
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED || (pid = fork()) < 0)
		return 1;
	if (pid == 0)
		_exit(fill(shared, argv[1]));
	if (waitpid(pid, &status, 0) != pid || status != 0 || !shared->len)
		return 1;
	to = fopen(argv[2], "w");
	if (!to || fwrite(shared->bytes, 1, shared->len, to) != shared->len)
		return 1;
	return fclose(to) != 0;
}
