"""What the benchmarks share: one run measured, several compared, and the machine they ran on."""

import os
import platform
import statistics
import subprocess
import sys
import time


# Until it is replaced by exec, a process has the memory of the one that started it, and its peak remembers:
# so a small one starts it. Nothing below some 10 MiB can be seen.
START = """
import os, sys, time
start = time.perf_counter()
pid = os.fork()
if not pid:
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), time.perf_counter() - start, usage.ru_utime + usage.ru_stime,
      usage.ru_maxrss * 1024, file=open(3, "w"))
"""


def measure(command):
    """Seconds, CPU seconds and peak resident bytes of one run."""
    read, write = os.pipe()
    with open(os.devnull, "r+b") as null, open(read, encoding="ascii") as answer:
        shell = 'exec 3>&%d; exec "$@"' % write
        child = subprocess.Popen(["sh", "-c", shell, "sh", sys.executable, "-I", "-S", "-c", START, *command],
                                 stdin=null, stdout=null, stderr=null, pass_fds=[write])
        os.close(write)
        status, seconds, processor, peak = answer.read().split()
        child.wait()
    if status not in ("0", "1"):
        sys.exit("%s ended with status %s" % (command[0], status))
    return float(seconds), float(processor), int(peak)


def together(command):
    """Seconds until two runs that start together have both ended."""
    null = subprocess.DEVNULL
    start = time.perf_counter()
    children = [subprocess.Popen(command, stdin=null, stdout=null, stderr=null) for _ in range(2)]
    for child in children:
        child.wait()
    return time.perf_counter() - start


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            model = next((line.split(":")[1].strip() for line in file
                          if line.startswith("model name")), model)
    except OSError:
        pass
    return "%s, %d processors, %s %s" % (model, os.cpu_count(), platform.system(), platform.release())


class Side:
    def __init__(self, command):
        self.command, self.samples = command, []

    def run(self):
        self.samples.append(measure(self.command))

    def median(self, column):
        return statistics.median(sample[column] for sample in self.samples)

    def spread(self):
        times = [sample[0] for sample in self.samples]
        return "%.3f-%.3f" % (min(times), max(times))
