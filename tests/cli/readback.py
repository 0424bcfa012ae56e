"""Strings that our writer wrote are the same strings to other people's YAML readers.

usage: readback.py BUILD

Readers: PyYAML (its own scanner, and libyaml's where built in); js-yaml through node and fy-tool (from
libfyaml 0.9.6 on; older versions misread valid YAML) where they are installed.
"""

import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

WORDS = ["", "y", "N", "yes", "No", "ON", "off", "true", "False", "null", "~", "=", "<<", ".inf", "-.INF",
         ".nan", "1", "0", "-1", "+1", "1.5", ".5", "1.", "1e3", "1E-3", "0x1f", "0b1", "0o17", "017", "089",
         "1_000", "0_x10", "0e_+0", "0b+0", "1:20", "190:20:30", "190:20:30.15", "2001-12-14", "2001-1-1",
         "2001-12-14T21:59:43.10-05:00", "2001-12-14 21:59:43", "1e400", "0x", "nan", "inf", "80m",
         "10.0.0.1", "1.2.3", "._", "-", "+", ".", "--", "---", "...", "--- a", "!!str 1", "? a", "a: b",
         "a #b", "*.example.com", "&a", "@a", "`a`", "%a", "{a}", "[a]", "|", ">", "'", "''", "'''", "\"",
         "it's", "a: 'b'", "a\\b", "/$2", "/foo\\.bar", " a", "a ", "\ta", "a\t", "a\nb", "a\nb\n", "a\n\n",
         "\na", "a\n b", " a\nb", "a \nb", "a\n\tb", "a\n# b\n", "a\n---\nb", "a\r\nb", "\u00e4", "\u0085",
         "a\u2028b", "\ufeff", "\U0001f600", "\u0000", "\u001b[0m", "\u007f", "k" * 999, "k" * 1100]
PIECES = ["a", "b", " ", "\n", "\n\n", ": ", ":", " #", "#", "- ", "'", "\"", "\\", "\t", "\r", "{", "}",
          "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "---", "...", "? ", "~", "null", "1", "0x", ".",
          "e", "_", "\u0001", "\u007f", "\u0085", "\u2028", "\u00e4", "\U0001f600", "\ufeff", "\n ", "<<"]


def strings():
    """Words, random heaps of trouble, and all short strings over the alphabet of numbers."""
    chance = random.Random(11)
    found = dict.fromkeys(WORDS)
    for _ in range(4000):
        found["".join(chance.choice(PIECES) for _ in range(chance.randint(1, 10)))] = None
    for length in (1, 2, 3):
        for letters in itertools.product("019.e_+-:xb ~", repeat=length):
            found["".join(letters)] = None
    return list(found)


def write(build, folder, wanted):
    """Paths of the strings as JSON and as our YAML."""
    names = [os.path.join(folder, name) for name in ("strings.json", "strings.yaml")]
    with open(names[0], "w", encoding="utf-8") as file:
        json.dump(wanted, file)
    subprocess.run([os.path.join(build, "tests", "cli", "readback")] + names, check=True,
                   env=program.ENVIRONMENT, timeout=300)
    return names


def compare(wanted, documents):
    """Complaints about what a reader made of the two documents."""
    if len(documents) != 2:
        return ["%d documents, not 2" % len(documents)]
    found, mapped = documents
    complaints = ["%r is %r" % pair for pair in zip(wanted, found) if pair[0] != pair[1]]
    if len(found) != len(wanted):
        complaints.append("%d strings, not %d" % (len(found), len(wanted)))
    complaints += ["as a key, %r is %r" % (text, mapped.get(text)) for text in wanted
                   if mapped.get(text) != text]
    return complaints[:10]


def with_pyyaml(tally, wanted, path):
    try:
        import yaml
    except ImportError:
        tally.skip("PyYAML", "not installed", 2)
        return
    for name in ("SafeLoader", "CSafeLoader"):
        loader = getattr(yaml, name, None)
        if loader is None:
            tally.skip("PyYAML " + name, "not built in")
            continue
        with open(path, encoding="utf-8", newline="") as file:
            complaints = compare(wanted, list(yaml.load_all(file.read(), loader)))
        tally.check("PyYAML " + name, not complaints, "\n".join(complaints))


JS = """
const yaml = require('js-yaml'), text = require('fs').readFileSync(process.argv[1], 'utf8');
const found = yaml.loadAll(text);
console.log(JSON.stringify([found[0], Object.entries(found[1])]));
"""


def with_js_yaml(tally, wanted, path):
    node = shutil.which("node")
    if not node or subprocess.run([node, "-e", "require('js-yaml')"], capture_output=True).returncode:
        tally.skip("js-yaml", "node has none")
        return
    out = subprocess.run([node, "-e", JS, path], capture_output=True, text=True, encoding="utf-8",
                         timeout=300)
    if not tally.check("js-yaml reads", out.returncode == 0, out.stderr):
        return
    found, entries = json.loads(out.stdout)
    complaints = compare(wanted, [found, dict(entries)])
    tally.check("js-yaml", not complaints, "\n".join(complaints))


def version_of(tool):
    out = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    return [int(part) for part in re.findall(r"\d+", out)[:3]]


def with_libfyaml(tally, wanted, path):
    tool = shutil.which("fy-tool")
    if not tool or version_of(tool) < [0, 9, 6]:
        tally.skip("libfyaml", "fy-tool 0.9.6 or newer is not installed")
        return
    out = subprocess.run([tool, "--dump", "--mode=json-oneline", path], capture_output=True, text=True,
                         encoding="utf-8", timeout=300)
    if not tally.check("libfyaml reads", out.returncode == 0, out.stderr[-2000:]):
        return
    documents, at, decoder = [], 0, json.JSONDecoder()
    text = out.stdout.strip()
    while at < len(text):
        document, end = decoder.raw_decode(text, at)
        documents.append(document)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    complaints = compare(wanted, documents)
    tally.check("libfyaml", not complaints, "\n".join(complaints))


def main():
    tally = Tally("readback")
    wanted = strings()
    with tempfile.TemporaryDirectory() as folder:
        path = write(sys.argv[1], folder, wanted)[1]
        with_pyyaml(tally, wanted, path)
        with_js_yaml(tally, wanted, path)
        with_libfyaml(tally, wanted, path)
    tally.finish()


if __name__ == "__main__":
    main()
