"""A gateway served on a port of this machine, for the browser."""

from threading import Thread

import pytest
from web import make_web
from werkzeug.serving import make_server

from gateway.db.engine import open_engine


@pytest.fixture
def site(databases, clock, tmp_path):
    """A gateway on SQLite with the published form `demo`."""
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    yield make_web(engine, clock, tmp_path)
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def address(site):
    """Where the gateway is served."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
