"""The program in docs/library.md is compiled as that page says, against the installed shared and the
installed static library, and prints what stands there.

usage: library.py BUILD

BUILD is a meson build directory of the project; it is installed into a directory that is removed
afterwards.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally, diff  # noqa: E402

PAGE = os.path.join(program.ROOT, "docs", "library.md")
EXAMPLE = "examples/shop/storefront.yaml"


def fenced(language):
    """Contents of the page's blocks in that language."""
    with open(PAGE, encoding="utf-8") as file:
        return re.findall(r"^```%s\n(.*?)^```$" % language, file.read(), re.M | re.S)


def run(command, **options):
    """Runs a command; its status, standard output and standard error."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", timeout=600, **options)
    return done.returncode, done.stdout, done.stderr


def sanitizer_flag(build):
    """What a program that uses the build's library must be compiled with as well."""
    with open(os.path.join(build, "build.ninja"), encoding="utf-8") as file:
        found = re.search(r"-fsanitize=[\w,]+", file.read())
    return found.group(0) if found else ""


def install(build, directory):
    """Installs into `directory`; environment for pkg-config to find it there."""
    status, out, err = run(["meson", "install", "-C", build, "--no-rebuild", "--quiet"],
                           env=dict(os.environ, DESTDIR=directory))
    if status:
        raise RuntimeError("meson install: status %d\n%s%s" % (status, out, err))
    for folder, _, files in os.walk(directory):
        if "libingress2gw.pc" in files:
            return dict(program.ENVIRONMENT, PKG_CONFIG_PATH=folder, PKG_CONFIG_SYSROOT_DIR=directory,
                        LD_LIBRARY_PATH=os.path.dirname(folder))
    raise RuntimeError("meson install has put no libingress2gw.pc anywhere")


def check(tally, name, command, expected, environment, directory):
    """Compiles with `command` and compares what the program prints; the path of the program."""
    status, out, err = run(["sh", "-e", "-c", command], cwd=directory, env=environment)
    path = os.path.join(directory, "convert")
    if status or not os.path.exists(path):
        tally.fail(name, "%s\nstatus %d\n%s%s" % (command, status, out, err))
        return None
    status, out, err = run([path, EXAMPLE], cwd=program.ROOT, env=environment)
    if status not in (0, 1):
        tally.fail(name, "the program ends with status %d\n%s" % (status, err))
    else:
        tally.check(name, out == expected, diff(expected, out, "docs/library.md", "the program"))
    return path


def needs_library(path):
    """Whether the program loads the shared library."""
    return "libingress2gw.so" in run(["ldd", path])[1]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = os.path.abspath(sys.argv[1])
    tally = Tally("library")
    if not shutil.which("pkg-config"):
        tally.skip("docs/library.md", "no pkg-config", 4)
        return tally.finish()
    sources, commands, outputs = fenced("c"), fenced("sh"), fenced("text")
    if not (len(sources) == 1 and len(commands) == 2 and len(outputs) == 1):
        tally.fail("page", "docs/library.md has not one program, two commands and one output")
        return tally.finish()
    directory = tempfile.mkdtemp(prefix="ingress2gw-library-")
    try:
        environment = install(build, os.path.join(directory, "root"))
        flags = sanitizer_flag(build)
        with open(os.path.join(directory, "convert.c"), "w", encoding="utf-8") as file:
            file.write(sources[0])
        for name, command, shared in (("shared", commands[0], True), ("static", commands[1], False)):
            command = command.replace("cc ", "cc -std=c17 -Wall -Wextra -Werror %s " % flags, 1)
            path = check(tally, name, command, outputs[0], environment, directory)
            if path:
                tally.check(name + "-link", needs_library(path) == shared, run(["ldd", path])[1])
                os.unlink(path)
    finally:
        shutil.rmtree(directory)
    return tally.finish()


if __name__ == "__main__":
    main()
