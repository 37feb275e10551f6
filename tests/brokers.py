"""Real message brokers for the tests, where their programs are installed: Redis and RabbitMQ.

They keep nothing on disk that a restart would bring back: a broker that comes back empty is one of the faults tried.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from postgres import die_with_parent

RABBIT_SCRIPTS = Path("/usr/lib/rabbitmq/bin")  # Debian's command on the path changes user when it is root
START_SECONDS = 60


class Broker:
    """A server of our own; ``stop`` leaves nothing behind."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-broker-"))
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """For GATEWAY_BROKER_URL."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it empty and wait until it takes connections."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it as a power cut would; every process under it goes along."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """End it and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _spawn(self, command: list[str], environment: dict[str, str], greeting: bytes) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, env=os.environ | environment, start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, which takes no lock a thread could hold
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while not self._answers(greeting):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def _answers(self, greeting: bytes) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                probe.settimeout(2)
                probe.sendall(greeting)
                return bool(probe.recv(1))
        except OSError:
            return False


class Redis(Broker):
    """Redis without persistence."""

    @staticmethod
    def missing() -> str | None:
        """Why it cannot be tried here; None if it can."""
        return None if shutil.which("redis-server") else "there is no Redis (apt-get install redis-server)"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._spawn(command, {}, b"PING\r\n")


class RabbitMQ(Broker):
    """RabbitMQ with a port mapper of its own, so that it meets no other on this machine."""

    _mapper: tuple[int, subprocess.Popen[bytes]] | None = None

    @staticmethod
    def missing() -> str | None:
        """Why it cannot be tried here; None if it can."""
        found = (RABBIT_SCRIPTS / "rabbitmq-server").exists()
        return None if found else "there is no RabbitMQ (apt-get install rabbitmq-server)"

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        shutil.rmtree(self.folder / "mnesia", ignore_errors=True)
        environment = {
            "RABBITMQ_NODENAME": f"gateway{self.port}@localhost", "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": str(_free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"), "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_PID_FILE": str(self.folder / "pid"), "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._map_ports()), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
            "RUNNING_UNDER_SYSTEMD": "1",  # the shell becomes the server, which then dies with the tests
        }  # fmt: skip
        self._spawn([str(RABBIT_SCRIPTS / "rabbitmq-server")], environment, b"AMQP\x00\x00\x09\x01")

    def _map_ports(self) -> int:
        """The port of our port mapper: in the foreground, or it would put itself in the background and stay."""
        if self._mapper is None:
            port = _free_port()
            process = subprocess.Popen(
                ["epmd", "-port", str(port)],
                preexec_fn=die_with_parent,  # noqa: PLW1509 - as above
            )
            self._mapper = port, process
        return self._mapper[0]

    def stop(self) -> None:
        super().stop()
        if self._mapper is not None:
            self._mapper[1].kill()
            self._mapper[1].wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
