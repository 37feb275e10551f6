"""What the tests of emission stand on: a gateway that is ready to send, a receiver, the way to it."""

import pytest
from emitting import ready_services
from receivers import resolve_to_public, stand, way_to


@pytest.fixture
def services(engine, clock, tmp_path):
    return ready_services(engine, clock, tmp_path)


@pytest.fixture
def receiver(tmp_path, monkeypatch):
    resolve_to_public(monkeypatch)
    with stand(tmp_path / "crm") as here:
        yield here


@pytest.fixture
def way(tmp_path, receiver):
    return way_to(tmp_path / "drops", receiver)
