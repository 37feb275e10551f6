"""How the processes of a worker are told to come to an end: finish the batch, and take no other."""

import signal

TOLD = signal.SIGURG  # one that means nothing to who does not listen yet; the library keeps most others for itself
