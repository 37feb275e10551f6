"""The Lead Gateway: signups and bought lists go in; prospects, holds and rejections come out."""

__version__ = "0.1.0"
