"""Files as they arrive: containers unpacked, sheets, JSON and Parquet made into text. What rows mean is read later."""

from gateway.intake.arrival.looked import Arrival, Arrived, open_arrival
from gateway.intake.arrival.parts import Part

__all__ = ["Arrival", "Arrived", "Part", "open_arrival"]
