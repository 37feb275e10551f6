"""Where an arrival puts its files: under names of ours, readable by us alone, and gone unless somebody keeps them."""

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 1 << 20


class Source(Protocol):
    """Anything bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes in a file of ours."""

    path: Path
    digest: str  # SHA-256, hex
    size: int


class Shelf:
    """The files one arrival makes in a folder. Names from outside never become names on disk (CWE-22)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()

    def adopt(self, path: Path) -> None:
        """Look after a file that somebody else made."""
        self._made.add(path)

    @contextmanager
    def new(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A fresh file, open for writing; on disk for good when the block ends."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / uuid.uuid4().hex
        self._made.add(path)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield path, out
            out.flush()
            os.fsync(out.fileno())

    def copy(self, source: Source) -> Stored:
        """Everything a source holds, as a file. Memory: one block."""
        digest, size = sha256(), 0
        with self.new() as (path, out):
            while block := source.read(BLOCK):
                digest.update(block)
                out.write(block)
                size += len(block)
        return Stored(path, digest.hexdigest(), size)

    def remove(self, path: Path) -> None:
        """Take one file away now, if it is of this arrival."""
        if path in self._made:
            path.unlink(missing_ok=True)
            self._made.remove(path)

    def keep(self, paths: Iterable[Path]) -> None:
        """These are somebody's now."""
        self._made.difference_update(paths)

    def clear(self) -> None:
        """Take away what nobody kept: bytes that no list names are of no use to anybody, and they are personal data."""
        for path in self._made:
            path.unlink(missing_ok=True)
        self._made.clear()
