"""What the benchmarks share: one run measured, several compared, and the machine they ran on."""

import os
import platform
import statistics
import subprocess
import sys
import time


def measure(command):
    """Seconds, CPU seconds and peak resident bytes of one run."""
    with open(os.devnull, "r+b") as null:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit("%s ended with status %d" % (command[0], child.returncode))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


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
