"""Ports on loopback that nobody listens on."""

import random
import re
import socket


def is_free(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Stand:
    """Ports that a text documents, and the free ones that stand in for them while it is run. They have
    as many digits, so that columns stay where they are, and do not occur in the text themselves."""

    def __init__(self, text):
        self.of = {}
        for port in sorted(set(re.findall(r"--listen=\d+=127\.0\.0\.1:(\d+)\b", text))):
            self.of[port] = self._choose(port, text)

    def _choose(self, port, text):
        least = 10 ** (len(port) - 1)
        for _ in range(1000):
            other = str(random.randrange(max(least, 1024), min(least * 10, 65536)))
            if other not in text and other not in self.of.values() and is_free(int(other)):
                return other
        raise OSError("no port of %d digits is free" % len(port))

    def run(self, text):
        """The text with the ports that are free here."""
        return _replace(text, self.of)

    def shown(self, text):
        """What was printed, with the ports that are documented."""
        return _replace(text, {other: port for port, other in self.of.items()})


def _replace(text, of):
    if not of:
        return text
    return re.sub(r"(?<!\d)(%s)(?!\d)" % "|".join(of), lambda match: of[match.group(1)], text)
