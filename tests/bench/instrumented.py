"""``gateway import`` with a stop-watch around the policies; prints what they took of the whole process, as JSON.

python tests/bench/instrumented.py LIST.csv MANIFEST.yaml
"""

import contextlib
import io
import json
import sys
import time

STARTED = time.perf_counter()


def main() -> None:
    """Import the list as the command does, and tell the shares."""
    from gateway import wiring
    from gateway.cli import gateway
    from gateway.outcomes import settle
    from gateway.policy.pack import PolicySet

    spent = {"read": 0.0, "decide": 0.0, "keep": 0.0}

    def watched(name, act):
        def timed(*args, **kwargs):
            before = time.perf_counter()
            try:
                return act(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - before

        return timed

    PolicySet.decide_all = watched("decide", PolicySet.decide_all)
    settle.keep_decisions = watched("keep", settle.keep_decisions)
    wiring.load_whole = watched("read", wiring.load_whole)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        gateway(["import", sys.argv[1], "--manifest", sys.argv[2], "--wait", "--json"], standalone_mode=False)
    whole = time.perf_counter() - STARTED
    print(json.dumps({"seconds": whole, "spent": spent, "receipt": json.loads(printed.getvalue())}))


if __name__ == "__main__":
    main()
