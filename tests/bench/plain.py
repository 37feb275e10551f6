"""``gateway …`` as the default install has it: without the extra [bulk], whatever is installed here."""

import sys

sys.modules["pyarrow"] = None  # type: ignore[assignment]  # an import of it fails as where it is not installed

from gateway.cli import main  # noqa: E402

main()
