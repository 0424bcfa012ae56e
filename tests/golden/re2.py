"""RE2 patterns of CRDs as Python patterns.

Kubernetes matches `pattern` and CEL's matches() with RE2, unanchored. Where the two dialects read
the same text differently, the pattern is rewritten; what cannot be rewritten raises ValueError, so
that a check never passes for lack of understanding.
"""

import functools
import re

POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def translate(pattern):
    out = []
    pending = [0]  # flag groups to close, one entry for each open group
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            piece, i = escape(pattern, i)
            out.append(piece)
            continue
        if c == "[":
            piece, i = char_class(pattern, i)
            out.append(piece)
            continue
        if c == "(":
            flags = re.match(r"\(\?([imsU-]+)\)", pattern[i:])
            if flags:
                # RE2 lets a flag begin anywhere and hold to the end of the group.
                if "U" in flags.group(1):
                    raise ValueError("flag U in %r" % pattern)
                out.append("(?%s:" % flags.group(1))
                pending[-1] += 1
                i += flags.end()
                continue
            named = re.match(r"\(\?P?<([A-Za-z_]\w*)>", pattern[i:])
            if pattern.startswith("(?", i) and not named and not re.match(r"\(\?[ims-]*:", pattern[i:]):
                raise ValueError("group %r" % pattern[i:i + 4])
            pending.append(0)
        elif c == ")":
            out.append(")" * pending.pop())
        elif c == "|" and pending[-1]:
            # The flag group ends before the bar but the flag goes on behind it.
            raise ValueError("flag before '|' in %r" % pattern)
        elif c == "$":
            c = r"\Z"  # Python's $ also matches before a final newline
        out.append(c)
        i += 1
    out.append(")" * pending.pop())
    return "".join(out)


def escape(pattern, i):
    c = pattern[i + 1]
    if c == "z":
        return r"\Z", i + 2
    if c in "pPCQX":
        raise ValueError("escape \\%s in %r" % (c, pattern))
    braced = re.match(r"\\x\{([0-9A-Fa-f]+)\}", pattern[i:])
    if braced:
        return re.escape(chr(int(braced.group(1), 16))), i + braced.end()
    return pattern[i:i + 2], i + 2


def char_class(pattern, i):
    start = i
    i += 1
    out = "["
    if pattern.startswith("^", i):
        out += "^"
        i += 1
    first = True
    while first or pattern[i] != "]":
        first = False
        named = re.match(r"\[:(\w+):\]", pattern[i:])
        if named:
            out += POSIX[named.group(1)]
            i += named.end()
        elif pattern[i] == "\\":
            piece, i = escape(pattern, i)
            out += piece
        else:
            out += "\\" + pattern[i] if pattern[i] in "[]&~|" else pattern[i]
            i += 1
        if i >= len(pattern):
            raise ValueError("open class in %r" % pattern[start:])
    return out + "]", i + 1


@functools.lru_cache(None)
def compile(pattern):
    return re.compile(translate(pattern), re.ASCII)


def search(pattern, text):
    return compile(pattern).search(text) is not None
