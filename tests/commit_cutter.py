"""A proxy before PostgreSQL that cuts the connection when COMMIT has gone through and its answer has not."""

import socket
import threading
from contextlib import suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
BLOCK = 1 << 16


class CommitCutter:
    """Listens in ``folder`` as PostgreSQL would and passes all on, but for every n-th COMMIT's answer."""

    def __init__(self, folder: Path, server: Path, every: int) -> None:
        self.every, self.commits, self.cuts = every, 0, 0
        self._server = server / SOCKET
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, suppress(OSError):
            server.connect(str(self._server))
            threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
            while data := client.recv(BLOCK):
                if b"COMMIT\0" in data and self._is_cut():
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(data)
                    server.shutdown(socket.SHUT_WR)  # it reads to the end, and so commits
                    return
                server.sendall(data)

    def _is_cut(self) -> bool:
        self.commits += 1
        cut = self.commits % self.every == 0
        self.cuts += cut
        return cut


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(BLOCK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
