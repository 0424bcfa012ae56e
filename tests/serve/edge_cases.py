"""Every edge case of ../shared/reference/http-edge-cases.yaml that the codec alone can decide.

Each case goes through codec_driver, an exchange without sockets in front of the codec of lib/proxy: the outcome has to be
one that the list allows, the backend must not see what it must not, and cutting the same bytes in other ways must not
change anything. For a case that is refused, the row of h1_faults that refuses it has to name the case. The number of
cases that end as the list recommends is printed.

usage: edge_cases.py BUILD [-v] [--seed=N] [ID...]
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

LIST = os.path.join(program.SHARED, "reference", "http-edge-cases.yaml")
SOURCE = os.path.join(program.ROOT, "lib", "proxy", "h1_faults.c")

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, RST_STREAM, SETTINGS, GOAWAY, CONTINUATION = 1, 3, 4, 7, 9
CODES = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
         "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
         "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"]


# ---- bytes of a case ----


def expand(text):
    """{{X*N}} is N times X; every character is an octet."""
    text = re.sub(r"\{\{(.*?)\*(\d+)\}\}", lambda m: m.group(1) * int(m.group(2)), text, flags=re.S)
    return text.encode("latin-1")


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def number(value, bits, first=0):
    """An integer of HPACK (RFC 7541 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out = [first | most]
    value -= most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


def text(value):
    return number(len(value), 7) + value


GET = b"\x82\x86\x84\x01" + text(b"a.test")


def huge_fields():
    block = GET + b"\x00" + text(b"x-a") + text(b"a" * 200000)
    parts = [block[i:i + 16000] for i in range(0, len(block), 16000)]
    frames = [frame(HEADERS, 1, 1, parts[0])]
    frames += [frame(CONTINUATION, 4 if part is parts[-1] else 0, 1, part) for part in parts[1:]]
    return b"".join(frames)


def bomb():
    """One large entry of the dynamic table, then references to it."""
    return frame(HEADERS, 5, 1, GET + b"\x40" + text(b"x-a") + text(b"b" * 4000) + b"\xbe" * 11000)


BUILDERS = {
    "h2-fields-huge": huge_fields,
    "h2f-rapid-reset": lambda: b"".join(
        frame(HEADERS, 5, 2 * i + 1, GET) + frame(RST_STREAM, 0, 2 * i + 1, b"\0\0\0\x08") for i in range(3000)),
    "h2f-hpack-bomb": bomb,
    "h2f-too-many-streams": lambda: b"".join(frame(HEADERS, 4, 2 * i + 1, GET) for i in range(1200)),
}


def client_bytes(case):
    if "raw" in case:
        return expand(case["raw"])
    return PREFACE + frame(SETTINGS, 0, 0) + BUILDERS[case["id"]]()


# ---- running ----


class Ran:
    def __init__(self, lines):
        fields = dict(line.split(" ", 1) for line in lines)
        self.statuses, self.state = fields["outcome"].split(" ")
        self.decided = fields["decided"].split()
        self.wires = [bytes.fromhex(wire) for wire in fields["upstream"].split(",")]
        self.upstream = b"".join(self.wires)
        self.client = bytes.fromhex(fields["client"])
        self.splits = fields["splits"]


def is_closing(case):
    return bool(case.get("upstream_closes") or case.get("half_close"))


def run(build, cases, seed):
    kinds = {"h1": "h1", "h1-response": "response", "h2": "h2"}
    given = []
    for case in cases:
        client, backend = client_bytes(case), expand(case.get("response", ""))
        given.append(b"%s %d %d %d %d\n" % (kinds[case["proto"]].encode(), is_closing(case), seed, len(client),
                                           len(backend)))
        given.append(client + backend)
    done = subprocess.run([os.path.join(build, "tests", "serve", "codec_driver")], input=b"".join(given),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program.ENVIRONMENT, timeout=600)
    lines = done.stdout.decode("latin-1").split("\n")
    if done.returncode != 0 or len(lines) != 5 * len(cases) + 1:
        print(done.stderr.decode("utf-8", "replace")[:4000])
        return None
    return [Ran(lines[5 * i:5 * i + 5]) for i in range(len(cases))]


# ---- judging ----


def h2_outcomes(ran):
    """Everything the list may call what came out."""
    out, at = set(), 0
    while at + 9 <= len(ran.client):
        length, kind = int.from_bytes(ran.client[at:at + 3], "big"), ran.client[at + 3]
        payload = ran.client[at + 9:at + 9 + length]
        at += 9 + length
        if kind == RST_STREAM:
            out |= {"rst", "rst:" + CODES[int.from_bytes(payload, "big")]}
        elif kind == GOAWAY:
            out |= {"goaway", "close", "goaway:" + CODES[int.from_bytes(payload[4:8], "big")]}
    if out:
        return out
    return {"wait", "alive"} if ran.statuses == "-" else {ran.statuses, "alive"}


def outcomes(case, ran):
    """The names that the list has for what happened; the first is the most precise."""
    if case["proto"] == "h2":
        found = h2_outcomes(ran)
        # What was answered counts where the connection was not given up.
        if ran.statuses != "-" and "goaway" not in found:
            found.add(ran.statuses.split("+")[0])
        return found
    if ran.statuses == "-":
        return {"close" if ran.state == "close" else "wait"}
    return {ran.statuses}


def requests(wire):
    """(complete, incomplete) requests in what a backend got, read by other code than the codec's."""
    complete = 0
    while wire:
        head, found, rest = wire.partition(b"\r\n\r\n")
        if not found:
            return complete, 1
        length = re.search(rb"^Content-Length: (\d+)$", head.replace(b"\r", b""), re.M)
        if re.search(rb"^Transfer-Encoding: chunked$", head.replace(b"\r", b""), re.M):
            assert not length
            while True:
                line, found, rest = rest.partition(b"\r\n")
                if not found or len(rest) < int(line, 16) + 2:
                    return complete, 1
                size = int(line, 16)
                if size == 0:
                    break
                assert rest[size:size + 2] == b"\r\n"
                rest = rest[size + 2:]
            while not rest.startswith(b"\r\n"):
                line, found, rest = rest.partition(b"\r\n")
                assert found
            rest = rest[2:]
        elif length:
            if len(rest) < int(length.group(1)):
                return complete, 1
            rest = rest[int(length.group(1)):]
        complete, wire = complete + 1, rest
    return complete, 0


CLASSES = {
    "bare-lf": rb"(?<!\r)\n",
    "bare-cr": rb"\r(?!\n)",
    "nul": rb"\x00",
    "obs-fold": rb"\r\n[ \t]",
}


def sees(wire, what):
    if what in CLASSES:
        return re.search(CLASSES[what], wire)
    return what.encode("latin-1").lower() in wire.lower()


def upstream_complaints(case, ran):
    complete, cut = map(sum, zip(*map(requests, ran.wires)))
    allowed = {
        "none": complete + cut == 0,
        "one": (complete, cut) == (1, 0),
        "two": (complete, cut) == (2, 0),
        "at-most-one": complete + cut <= 1,
        "incomplete": complete == 0,
        "any": True,
    }[case["upstream"]]
    out = [] if allowed else ["the backend got %d requests and %d unfinished ones" % (complete, cut)]
    if complete and "upstream_must_see" in case and not sees(ran.upstream, case["upstream_must_see"]):
        out.append("the backend does not see %r" % case["upstream_must_see"])
    if "upstream_must_not_see" in case and sees(ran.upstream, case["upstream_must_not_see"]):
        out.append("the backend sees %r" % case["upstream_must_not_see"])
    if sees(ran.upstream.partition(b"\r\n\r\n")[0], case.get("no_merge_into_header", "\0")):
        out.append("a trailer has become a field")
    return out


def complaints(case, ran):
    found, out = outcomes(case, ran), []
    if not found & set(case["want"]):
        out.append("it ended in %s, the list has %s" % (sorted(found), case["want"]))
    if ran.splits != "same":
        out.append("other cuts of the same bytes end otherwise")
    after = case.get("after")
    if after == "close-if-400":
        after = "close" if "400" in found else "any"
    if after in ("close", "keep") and (ran.state == "close") != (after == "close"):
        out.append("the connection should %s" % after)
    if "client_must_not_see" in case and sees(ran.client, case["client_must_not_see"]):
        out.append("the client sees %r" % case["client_must_not_see"])
    if case["proto"] != "h1-response":
        out += upstream_complaints(case, ran)
    if ran.decided and case["id"] not in ran.decided:
        out.append("the rule that refused it decides %s" % " ".join(ran.decided))
    return out + ["upstream %r" % ran.upstream[:300], "client %r" % ran.client[:300]] if out else []


def rules_name_known_cases(tally, cases):
    """Ids in h1_faults exist, and none is decided twice."""
    with open(SOURCE, encoding="utf-8") as file:
        words = re.findall(r"\b(?:rl|host|f|cl|te|ch|c|r)-[a-z0-9-]+\b", re.sub(r'"\s*"', "", file.read()))
    known = {case["id"] for case in cases}
    tally.check("h1_faults: ids that are none", not set(words) - known, "%s" % sorted(set(words) - known))
    twice = sorted({word for word in words if words.count(word) > 1})
    tally.check("h1_faults: ids in two rows", not twice, "%s" % twice)


def main():
    args = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
    seed = next((int(arg[7:]) for arg in sys.argv if arg.startswith("--seed=")), 1)
    tally = Tally("edge")
    try:
        import yaml
        with open(LIST, encoding="utf-8") as file:
            cases = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cases"]
    except FileNotFoundError:
        tally.skip("edge cases", "there is no ../shared/reference/http-edge-cases.yaml")
        tally.finish()
    rules_name_known_cases(tally, cases)
    cases = [case for case in cases if not args[1:] or case["id"] in args[1:]]
    ran = run(args[0], cases, seed)
    if not tally.check("codec_driver", ran is not None, "it did not answer for each case"):
        tally.finish()
    preferred = 0
    for case, one in zip(cases, ran):
        as_recommended = case["choose"] in outcomes(case, one)
        preferred += as_recommended
        told = complaints(case, one)
        tally.check(case["id"], not told, "\n".join(told))
        if "-v" in sys.argv and not as_recommended:
            print("%s: %s instead of %s" % (case["id"], sorted(outcomes(case, one)), case["choose"]))
    print("%d of %d cases end as recommended" % (preferred, len(cases)))
    tally.finish()


if __name__ == "__main__":
    main()
