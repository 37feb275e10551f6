"""What a WSGI server loads: `waitress-serve wsgi:app`. Everything is decided by the settings (GATEWAY_*)."""

from gateway.app import create_app
from gateway.config import load, with_secret
from gateway.wiring import build_services

app = create_app(build_services(with_secret(load())))
