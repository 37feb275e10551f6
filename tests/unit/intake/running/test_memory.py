"""What a list's batches free stays with the process while the list is under way, and no longer."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
MEASURED = """
import os
from gateway.intake import memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

begun = resident()
memory.hold()
some = [b"x" * (1 << 20) for _ in range(150)]
del some
held = resident()
memory.let_go()
print(held - begun, resident() - begun)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc is told")
def test_it_is_held_until_it_is_let_go():
    done = subprocess.run([sys.executable, "-c", MEASURED], cwd=ROOT, capture_output=True, text=True, check=True)
    held, left = map(int, done.stdout.split())
    assert held >= 150
    assert left < 50
