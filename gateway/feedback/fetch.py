"""The only two things that are fetched from outside for reports: SNS' certificates, and its confirmation of a topic.

Whoever posts to us names the address, so it is matched as a whole against what it can be: https, the host of SNS in
a region, nothing else in it. No redirect is followed, no proxy of the environment used, and TLS holds the host to
its name, whatever DNS says.
"""

import http.client
import re
import ssl
import time
from collections.abc import Callable

from gateway.feedback.event import RefusedError

Fetch = Callable[[str], bytes]
SECONDS = 5.0
_LARGEST = 1 << 16
_HOST = r"sns\.(?P<region>[a-z]{2}(?:-[a-z]{2,9}){1,3}-[0-9]{1,2})\.amazonaws\.com(?P<china>\.cn)?"
CERTIFICATE_URL = re.compile(rf"https://(?P<host>{_HOST})(?P<path>/SimpleNotificationService-[0-9A-Za-z]{{1,64}}\.pem)")
CONFIRM_URL = re.compile(
    rf"https://(?P<host>{_HOST})(?P<path>/\?Action=ConfirmSubscription&[A-Za-z0-9%._~:&=+/-]{{1,2000}})"
)


class UnreachableError(Exception):
    """The other side did not answer as it should; it may later."""


def fetch_from_sns(url: str) -> bytes:
    """What lies at an address of SNS. Raises RefusedError for any other, UnreachableError if it does not answer."""
    found = CERTIFICATE_URL.fullmatch(url) or CONFIRM_URL.fullmatch(url)
    if found is None:
        raise RefusedError("foreign_url", "the address is not one of SNS")
    until = time.monotonic() + SECONDS
    connection = http.client.HTTPSConnection(
        found["host"], timeout=SECONDS, context=ssl.create_default_context()
    )  # fmt: skip
    try:
        connection.request("GET", found["path"])
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise UnreachableError(f"{found['host']} answered {answer.status}")
        body = b""
        while piece := answer.read1(8192):
            body += piece
            if len(body) > _LARGEST or time.monotonic() > until:
                raise UnreachableError(f"{found['host']} answered too much or too slowly")
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"{found['host']}: {type(error).__name__}") from error
    else:
        return body
    finally:
        connection.close()
