"""A child process that reads and judges a list's batches before their turn, so that this one only writes.

Which batch comes next, and whether it counts, is the database's to say (runs.py): what the child sends is used when it
is exactly the batch that is owed, and thrown away otherwise. Forked, because everything is loaded already and nothing
needs to be told twice; SQLite forbids that while connections are open, so the pool is emptied first.
"""

import logging
import os
import signal
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import NamedTuple

from sqlalchemy import Engine

from gateway.intake import memory

log = logging.getLogger(__name__)
_HEAD = struct.Struct("<QQ?Q")
NICE = 10
PIPE = 1 << 20  # bytes; what the child may have written before we read
READY = 1  # batches that may wait for this process, in its memory
CAN_FORK = hasattr(os, "fork")


class Packed(NamedTuple):
    """One batch as the child judged it."""

    first: int  # records of the file before it
    records: int  # that it was made of
    last: bool  # the file ends with it
    body: bytes | bytearray


class Ahead:
    """The batches of a child process, in order. Close it: a child that nobody reads from ends at its next batch."""

    def __init__(self, produce: Callable[[], Iterator[Packed]], engine: Engine) -> None:
        """``produce`` runs in the child."""
        engine.dispose()
        memory.hold()  # both processes make as much again with each batch
        reading, writing = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(reading)
            _serve(produce, writing)
        os.close(writing)
        _widen(reading)
        self._pipe = os.fdopen(reading, "rb", buffering=0)
        # A batch is wider than the pipe: without somebody who reads on while this process writes, either waits for the
        # other at each batch.
        self._ready: Queue[Packed | None] = Queue(READY)
        self._is_closed = False
        self._reader = Thread(target=self._read_on, name="reads ahead", daemon=True)
        self._reader.start()

    def next(self) -> Packed | None:
        """The next batch; None when there are no more or the child failed, and said why in the log."""
        packed = self._ready.get()
        if packed is None:
            self._ready.put(None)  # whoever asks again is told the same
        return packed

    def _read_on(self) -> None:
        while not self._is_closed:
            packed = self._read_one()
            self._ready.put(packed)
            if packed is None:
                return

    def _read_one(self) -> Packed | None:
        head = self._read(_HEAD.size)
        if head is None:
            return None
        first, records, last, size = _HEAD.unpack(head)
        body = self._read(size)
        return None if body is None else Packed(first, records, last, body)

    def _read(self, size: int) -> bytearray | None:
        got = bytearray(size)
        view, place = memoryview(got), 0
        while place < size:
            read = self._pipe.readinto(view[place:])
            if not read:
                return None
            place += read
        return got

    def step_back(self) -> None:
        """Let others have the cores first: on two of them the child made signups and the writer wait for their turn."""
        with suppress(OSError):  # it ended meanwhile
            os.setpriority(os.PRIO_PROCESS, self._child, NICE)

    def close(self) -> None:
        """End the child, whatever it is doing; it holds nothing that could be lost."""
        if self._child:
            self._is_closed = True
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0
            while self._reader.is_alive():  # it reads to the end of the pipe, or waits for room
                with suppress(Empty):
                    self._ready.get(timeout=0.01)
            self._pipe.close()
            memory.let_go()


def _serve(produce: Callable[[], Iterator[Packed]], writing: int) -> None:
    """The child's whole life. Nothing of the parent's may be undone when it ends: no handlers, no buffers, no exit."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
        _widen(writing)
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            for first, records, last, body in produce():
                _write(pipe.fileno(), _HEAD.pack(first, records, last, len(body)))
                _write(pipe.fileno(), body)
        status = 0
    except BrokenPipeError:
        status = 0  # the parent has enough
    except BaseException:
        log.exception("reading ahead failed; the batch is done without it")
    finally:
        os._exit(status)


def _write(pipe: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _widen(pipe: int) -> None:
    """A wider pipe means fewer turns between the two processes; systems that have none are left as they are."""
    import fcntl

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
