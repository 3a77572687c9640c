#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves files the way editors do: editor.py vim|office|atomic FILE TEXT.

vim     keeps a backup, writes in place, fsync, mode and attributes kept
office  .~lock.NAME# beside it, a temporary file, renamed over, lock removed
atomic  temporary file, fsync of file and directory, renamed over
"""
import os
import sys


def put(path, text, flags=os.O_CREAT | os.O_TRUNC):
    fd = os.open(path, os.O_WRONLY | flags, 0o666)
    os.write(fd, text)
    os.fsync(fd)
    os.close(fd)


def get(path):
    with open(path, "rb") as file:
        return file.read()


def vim(path, text):
    directory, name = os.path.split(path)
    # may one write here at all? vim asks with a file called 4913
    probe = os.path.join(directory, "4913")
    put(probe, b"", os.O_CREAT | os.O_EXCL)
    os.unlink(probe)
    swap = os.path.join(directory, "." + name + ".swp")
    put(swap, text, os.O_CREAT | os.O_EXCL)
    mode = os.stat(path).st_mode & 0o7777
    old = get(path)
    os.rename(path, path + "~")
    put(path, text, os.O_CREAT | os.O_EXCL)
    os.chmod(path, mode)
    for name in os.listxattr(path + "~"):
        if name.startswith("user."):
            os.setxattr(path, name, os.getxattr(path + "~", name))
    os.utime(path)
    assert get(path + "~") == old
    os.unlink(swap)


def office(path, text):
    directory, name = os.path.split(path)
    lock = os.path.join(directory, ".~lock." + name + "#")
    put(lock, b"nina,phiward-guest", os.O_CREAT | os.O_EXCL)
    temp = os.path.join(directory, "lu1234.tmp")
    put(temp, text, os.O_CREAT | os.O_EXCL)
    backup = os.path.join(directory, name + ".bak")
    os.rename(path, backup)
    os.rename(temp, path)
    os.unlink(backup)
    os.unlink(lock)


def atomic(path, text):
    put(path + ".new", text, os.O_CREAT | os.O_EXCL)
    os.rename(path + ".new", path)
    fd = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(fd)
    os.close(fd)


how, path, text = sys.argv[1], sys.argv[2], sys.argv[3].encode()
{"vim": vim, "office": office, "atomic": atomic}[how](path, text)
if get(path) != text:
    sys.exit("%s: the text is not what was saved" % path)
