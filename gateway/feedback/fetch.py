"""The only two things that are fetched from outside for reports: SNS' certificates, and its confirmation of a topic.

Whoever posts to us names the address, so it is matched as a whole against what it can be: https, the host of SNS in
a region, nothing else in it.
"""

import re
from collections.abc import Callable

from gateway.feedback.event import RefusedError
from gateway.outgoing import OK, Server, UnreachableError, get

Fetch = Callable[[str], bytes]
SECONDS = 5.0  # somebody's delivery waits for it
LARGEST = 64 << 10  # bytes; a certificate has two thousand
_HOST = r"sns\.(?P<region>[a-z]{2}(?:-[a-z]{2,9}){1,3}-[0-9]{1,2})\.amazonaws\.com(?P<china>\.cn)?"
CERTIFICATE_URL = re.compile(rf"https://(?P<host>{_HOST})(?P<path>/SimpleNotificationService-[0-9A-Za-z]{{1,64}}\.pem)")
CONFIRM_URL = re.compile(
    rf"https://(?P<host>{_HOST})(?P<path>/\?Action=ConfirmSubscription&[A-Za-z0-9%._~:&=+/-]{{1,2000}})"
)


def fetch_from_sns(url: str, server: Callable[[str], Server] = Server) -> bytes:
    """What lies at an address of SNS. Raises RefusedError for any other, UnreachableError if it does not answer."""
    found = CERTIFICATE_URL.fullmatch(url) or CONFIRM_URL.fullmatch(url)
    if found is None:
        raise RefusedError("foreign_url", "the address is not one of SNS")
    answer = get(server(found["host"]), found["path"], most_bytes=LARGEST, seconds=SECONDS)
    if answer.status != OK:
        raise UnreachableError(f"{found['host']} answered {answer.status}")
    return answer.body
