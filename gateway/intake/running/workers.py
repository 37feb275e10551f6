"""Who holds a lease: how a worker is named, and whether the one of that name still lives."""

import os
import socket
from pathlib import Path


def me() -> str:
    """This worker, as leases name it. With its start: in a container that was restarted the numbers come again."""
    return f"{socket.gethostname()}/{os.getpid()}.{_start_of(os.getpid())}"


def is_dead(owner: str | None) -> bool:
    """Whether the lease's worker ran on this machine and is gone. Taking over early is safe: the attempt fences."""
    host, _, process = (owner or "").rpartition("/")
    pid, _, start = process.partition(".")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return start != _start_of(int(pid))


def _start_of(pid: int) -> str:
    """When a process began, in ticks since the machine did (proc(5), field 22); empty where there is no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""
