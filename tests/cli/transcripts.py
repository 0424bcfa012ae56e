"""What the documentation shows is what the program does: runs the transcripts of README.md, of docs/
and of the man pages, and compares standard output and standard error with what stands there.

A transcript is a fenced block, marked "console" in Markdown, unmarked in scdoc, whose first line
starts with "$ ". A line "$ command" is run (a command goes on in lines "> ..." after a backslash);
the lines up to the next "$ " are what it prints; a line "..." stands for any lines. A document is one
shell session, as for a reader who follows it, in a directory of its own with examples/ in it. Where it
listens on ports, free ones stand in for those that are shown.

usage: transcripts.py [--update] [FILE...]

--update writes the real output into the blocks that have no "..." line.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from ports import Stand  # noqa: E402
from tally import Tally, diff  # noqa: E402

# Programs that a reader has and a test machine need not have.
FOREIGN = ("kubectl", "helm")
MARK = "\036transcript "


class Block:
    def __init__(self, path, start, lines):
        self.path, self.start, self.lines = path, start, lines
        self.commands = []  # [command, [expected line], number of its first line]
        continued = False
        for number, line in enumerate(lines, start + 1):
            if line.startswith("$ "):
                self.commands.append([line[2:], [], number])
            elif continued and line.startswith("> "):
                self.commands[-1][0] += "\n" + line[2:]
            else:
                self.commands[-1][1].append(line)
            continued = line.endswith("\\") and (line.startswith("$ ") or continued)

    def foreign(self):
        """A program that the block needs and this machine does not have."""
        words = set(re.findall(r"[\w-]+", " ".join(c[0] for c in self.commands)))
        return next((f for f in FOREIGN if f in words and not shutil.which(f)), None)


def blocks(path):
    """The transcripts of one file. Line numbers count from 1."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    fence = "```console" if path.endswith(".md") else "```"
    found, i = [], 0
    while i < len(lines):
        if not lines[i].startswith("```"):
            i += 1
            continue
        end = lines.index("```", i + 1)
        body = lines[i + 1:end]
        if lines[i] == fence and body and body[0].startswith("$ "):
            found.append(Block(path, i + 1, body))
        i = end + 1
    return found


def session(commands, stand):
    """Output lines of each command, standard error included."""
    script = "exec 2>&1\n"
    for number, command in enumerate(commands):
        # The status of the command before must still be there for "$ echo $?".
        script += "%s\n_status=$?; printf '%s%d\\n'; (exit $_status)\n" % (
            stand.run(command), MARK.replace("\036", "\\036"), number)
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(os.path.join(program.ROOT, "examples"), os.path.join(home, "examples"))
        os.makedirs(os.path.join(home, "bin"))
        os.makedirs(os.path.join(home, "scripts"))
        os.symlink(program.binary(), os.path.join(home, "bin", "ingress2gw"))
        # scripts/run is the program here: building it is what scripts/test has just done.
        os.symlink(program.binary(), os.path.join(home, "scripts", "run"))
        environment = dict(program.ENVIRONMENT, HOME=home, PATH="%s/bin:%s" % (home, os.defpath))
        environment.pop("COLUMNS")
        done = subprocess.run(["sh", "-c", script], cwd=home, env=environment, timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    parts = re.split(MARK + r"\d+\n", stand.shown(done.stdout.decode("utf-8", "replace")))
    return [part.split("\n")[:-1] if part.endswith("\n") else part.split("\n") if part else []
            for part in parts[:-1]]


def sessions(path):
    """[block, output of each of its commands]; None for the output of a block that cannot run here."""
    found = blocks(path)
    stand = Stand("\n".join(line for block in found for line in block.lines))
    printed = session([c[0] for block in found if not block.foreign() for c in block.commands],
                      stand)
    out = []
    for block in found:
        if block.foreign():
            out.append((block, None))
        else:
            out.append((block, printed[:len(block.commands)]))
            printed = printed[len(block.commands):]
    return out


def matches(expected, got):
    """Whether the lines are the expected ones, "..." standing for any."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and expected[0] == got[0] and matches(expected[1:], got[1:])


def test(tally, block, got):
    name = os.path.relpath(block.path, program.ROOT)
    if got is None:
        tally.skip("%s:%d" % (name, block.start), "there is no %s here" % block.foreign(),
                   len(block.commands))
        return
    for (command, expected, number), lines in zip(block.commands, got):
        # A blank line before the next command is for the reader.
        if expected and not expected[-1] and (not lines or lines[-1]):
            expected = expected[:-1]
        tally.check("%s:%d: %s" % (name, number, command), matches(expected, lines),
                    lambda e=expected, g=lines: diff("\n".join(e), "\n".join(g), "documented",
                                                     "printed"))
    if len(got) < len(block.commands):
        tally.fail("%s:%d: the session ended early" % (name, block.start))


def update(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for block, got in reversed(sessions(path)):
        if got is None or "..." in block.lines:
            continue
        body = []
        for (command, _, _), printed in zip(block.commands, got):
            first, *more = command.split("\n")
            body += ["$ " + first] + ["> " + line for line in more] + printed
        lines[block.start:block.start + len(block.lines)] = body
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def documents():
    found = [os.path.join(program.ROOT, "README.md")]
    for pattern in ("docs/*.md", "man/*.scd"):
        found += sorted(glob.glob(os.path.join(program.ROOT, pattern)))
    return found


def main():
    files = [os.path.abspath(a) for a in sys.argv[1:] if a != "--update"] or documents()
    if "--update" in sys.argv[1:]:
        for path in files:
            update(path)
    tally = Tally("cli")
    for path in files:
        for block, got in sessions(path):
            test(tally, block, got)
    if not tally.passed + tally.failed + tally.skipped:
        tally.fail("transcripts", "there is none")
    tally.finish()


main()
