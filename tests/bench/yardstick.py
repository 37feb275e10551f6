"""The yardstick: email-validator checks the syntax of each line of a file, in one process, and nothing else."""

import sys
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

valid = 0
for line in Path(sys.argv[1]).read_text(encoding="utf-8").split("\n"):
    try:
        validate_email(line.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError:
        continue
    valid += 1
print(valid)
