/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths of trees, files, programs and directories: checked and normalised as text. Whether
 * they exist, and what they lead to, is for others to find out.
 */
#include "policy/parse.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>

#define SOCKET_NAME_MAX 108 /* "@" and what fits behind the NUL of an abstract name */

struct path_word { /* one component */
	const char *text;
	size_t len;
};

/* The component behind @p, which points at a '/'; false at the end. Skips "//" and ".". */
static bool path_next(const char **p, struct path_word *ret)
{
	for (;;) {
		*p += strspn(*p, "/");
		ret->text = *p;
		ret->len = strcspn(*p, "/");
		*p += ret->len;
		if (!ret->len)
			return false;
		if (ret->len != 1 || ret->text[0] != '.')
			return true;
	}
}

/* "$HOME", "${HOME}": but "/share$" is a name. */
static bool path_variable(const char *text)
{
	for (; *text; text++)
		if (text[0] == '$' && (isalpha((unsigned char)text[1]) || text[1] == '{'))
			return true;
	return false;
}

/* Is the text as a whole fit to be split into components? If not, that is said. */
static bool path_whole(struct pw_parse *parse, const struct pw_node *node)
{
	const char *control = pw_find_control(node->text, node->len);

	if (control)
		pw_parse_error(
			parse, node,
			"path %s holds a control character (0x%02x)\nrename the directory, or label the one above it",
			PW_Q(node->text), (unsigned char)*control);
	else if (node->text[0] == '~')
		pw_parse_error(
			parse, node,
			"path %s does not begin with /\nwrite the directory out; /home/*/ stands for everybody's home",
			PW_Q(node->text));
	else if (path_variable(node->text))
		pw_parse_error(
			parse, node,
			"path %s holds a variable, which nobody would fill in\nwrite the directory out; /home/*/ stands for everybody's home",
			PW_Q(node->text));
	else if (node->text[0] != '/')
		pw_parse_error(
			parse, node,
			"path %s does not begin with /\nwrite it from the root of the file system",
			PW_Q(node->text));
	else
		return true;
	return false;
}

/* Wildcards: true when the component may stay; else that is said. */
static bool path_glob(struct pw_parse *parse, const struct pw_node *node,
		      const struct path_word *word)
{
	const char *star = memchr(word->text, '*', word->len);
	size_t i = strcspn(word->text, "?[{/");

	if (i < word->len) {
		pw_parse_error(
			parse, node,
			"'%c' in path %s is no wildcard here\nuse one * in a component, or list the paths one by one",
			word->text[i], PW_Q(node->text));
		return false;
	}
	if (!star)
		return true;
	if (word->len == 2 && strncmp(word->text, "**", 2) == 0) {
		pw_parse_error(
			parse, node,
			"'**' in path %s is not known here\nend the path before it: a tree holds everything below it",
			PW_Q(node->text));
		return false;
	}
	if (memchr(star + 1, '*', word->len - (size_t)(star + 1 - word->text))) {
		pw_parse_error(
			parse, node,
			"path %s has more than one * in a component\nuse one * in a component, or list the paths one by one",
			PW_Q(node->text));
		return false;
	}
	return true;
}

/* One component: true when it may stay. @literal: the key, if it takes no wildcards. */
static bool path_component(struct pw_parse *parse, const struct pw_node *node, const char *literal,
			   const struct path_word *word)
{
	size_t len = word->len - (memchr(word->text, '*', word->len) ? 1 : 0);
	size_t i = strcspn(word->text, "*?[{/");

	if (word->len == 2 && strncmp(word->text, "..", 2) == 0) {
		pw_parse_error(parse, node, "'..' in path %s\nwrite the directory that it leads to",
			       PW_Q(node->text));
		return false;
	}
	if (len > PW_NAME_MAX) {
		pw_parse_error(
			parse, node,
			"path %s has a component of %zu bytes, at most %d fit\nno file system has such a name: shorten it",
			PW_Q(node->text), word->len, PW_NAME_MAX);
		return false;
	}
	if (!literal)
		return path_glob(parse, node, word);
	if (i < word->len) {
		pw_parse_error(
			parse, node,
			"'%c' in path %s: '%s' takes no wildcards\nlist the paths one by one",
			word->text[i], PW_Q(node->text), literal);
		return false;
	}
	return true;
}

/* The normalised path, or NULL. @literal: the key, if it takes no wildcards. */
static char *path_read(struct pw_parse *parse, const struct pw_node *node, const char *literal)
{
	_cleanup_str_ struct pw_str path = { 0 };
	struct path_word word;
	const char *p = node->text;
	bool fine = true;
	char *text;

	if (!path_whole(parse, node))
		return NULL;
	while (path_next(&p, &word)) {
		fine &= path_component(parse, node, literal, &word);
		pw_str_add(&path, "/");
		pw_str_add_bytes(&path, word.text, word.len);
	}
	if (!fine)
		return NULL;
	if (!path.len)
		pw_str_add(&path, "/");
	text = pw_str_take(&path);
	if (!text)
		parse->error = -ENOMEM;
	return text;
}

char *pw_parse_path(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	_cleanup_free_ char *path = path_read(parse, node, key);

	if (path && strcmp(path, "/") == 0 && strcmp(key, "directories") != 0) {
		pw_parse_error(parse, node,
			       "'/' in '%s' is a directory\nwrite the path of the file", key);
		return NULL;
	}
	return TAKE_PTR(path);
}

/* Is @path @top or below it? */
static bool path_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 && (path[len] == '/' || !path[len]);
}

/* Places where no files of people are: true when refused (said). */
static bool path_not_files(struct pw_parse *parse, const struct pw_node *node, const char *path)
{
	static const char *const kernel[] = { "/proc", "/sys", "/dev" };
	size_t i;

	for (i = 0; i < PW_ARRAY_SIZE(kernel); i++) {
		if (!path_below(path, kernel[i]) || path_below(path, "/dev/shm"))
			continue;
		pw_parse_error(
			parse, node,
			"path %s lies under %s, which holds no files of people\nremove it: label what is on disk",
			PW_Q(path), kernel[i]);
		return true;
	}
	return false;
}

/* Directories without which nothing starts: true when refused (said). */
static bool path_vital(struct pw_parse *parse, const struct pw_node *node, const char *path)
{
	static const char *const vital[] = {
		"/bin",      "/boot",      "/etc",       "/lib",       "/lib32",
		"/lib64",    "/libx32",    "/run",       "/sbin",      "/usr",
		"/usr/bin",  "/usr/lib",   "/usr/lib32", "/usr/lib64", "/usr/libx32",
		"/usr/sbin", "/usr/share", "/var",       "/var/lib",
	};

	if (strcmp(path, "/") == 0 || strcmp(path, "/*") == 0) {
		pw_parse_error(
			parse, node,
			"tree '%s' would label every file of the machine\nname the directory that holds the data",
			path);
		return true;
	}
	if (pw_table_find(vital, PW_ARRAY_SIZE(vital), path) < 0)
		return false;
	pw_parse_error(
		parse, node,
		"tree '%s' holds what every program needs to run\nname the directory below it that holds the data",
		path);
	return true;
}

char *pw_parse_tree(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	_cleanup_free_ char *path = path_read(parse, node, NULL);

	(void)key;
	if (!path || path_vital(parse, node, path) || path_not_files(parse, node, path))
		return NULL;
	return TAKE_PTR(path);
}

char *pw_parse_file(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	_cleanup_free_ char *path = path_read(parse, node, NULL);

	(void)key;
	if (!path)
		return NULL;
	if (node->text[node->len - 1] == '/') {
		pw_parse_error(parse, node, "path %s ends in /: a directory\nlist it under 'trees'",
			       PW_Q(node->text));
		return NULL;
	}
	if (path_not_files(parse, node, path))
		return NULL;
	return TAKE_PTR(path);
}

/* "@NAME": abstract, exactly that; else a path that may have wildcards. */
char *pw_parse_socket(struct pw_parse *parse, const struct pw_node *node, const char *key)
{
	_cleanup_free_ char *path = NULL;

	if (node->text[0] == '@') {
		if (node->len == 1 || node->len > SOCKET_NAME_MAX ||
		    pw_find_control(node->text, node->len))
			pw_parse_error(
				parse, node,
				"%s is no abstract socket: @ and 1 to %d printable bytes\nwrite it as ss -xl prints it",
				PW_Q(node->text), SOCKET_NAME_MAX - 1);
		else if (strchr(node->text, '*'))
			pw_parse_error(
				parse, node,
				"'*' in %s: abstract sockets are known by their whole name\nlist the names one by one",
				PW_Q(node->text));
		else
			return pw_parse_copy(parse, node);
		return NULL;
	}
	path = path_read(parse, node, NULL);
	if (!path)
		return NULL;
	if (node->text[node->len - 1] == '/' || strcmp(path, "/") == 0) {
		pw_parse_error(
			parse, node,
			"path %s is a directory, not a socket\nwrite the socket, or DIRECTORY/* for all of them in it",
			PW_Q(node->text));
		return NULL;
	}
	if (path_below(path, "/proc") || path_below(path, "/sys")) {
		pw_parse_error(
			parse, node,
			"path %s cannot be a socket: none lies there\nwrite the path that ss -xl prints",
			PW_Q(path));
		return NULL;
	}
	return TAKE_PTR(path);
}
