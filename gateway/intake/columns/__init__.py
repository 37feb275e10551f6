"""Columns: their headings become our fields, their cells our values. No file is opened here, nothing is judged."""

from gateway.intake.columns.batch import blocks_to_batch, to_batch
from gateway.intake.columns.mapping import Columns, map_columns
from gateway.intake.columns.sensitive import sensitive

__all__ = ["Columns", "blocks_to_batch", "map_columns", "sensitive", "to_batch"]
