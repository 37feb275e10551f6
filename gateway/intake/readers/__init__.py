"""Lists read: what a file is, and its rows one after another, whatever state it is in. No field is known here."""

from gateway.intake.inspection import Inspection, Record
from gateway.intake.readers.look import inspect
from gateway.intake.readers.rows import read_blocks, read_records

__all__ = ["Inspection", "Record", "inspect", "read_blocks", "read_records"]
