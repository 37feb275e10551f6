"""The files of a policy folder that are no packs: about lists, about vendors, about people. None judges a lead.

Each folder's file is read after those before it, and replaces what it names of theirs.
"""

from dataclasses import dataclass, field

from gateway.policy.buying import Thresholds, read_thresholds
from gateway.policy.form import Form
from gateway.policy.pack import PolicySet
from gateway.policy.phases.read import Found, finish, read_lifecycle
from gateway.policy.phases.rules import Lifecycle
from gateway.policy.vendor_limits import VendorLimits, read_vendor_limits
from gateway.policy.worth import Terms, read_terms

BUYING = "buying.yaml"  # about lists: buying.py reads it
VENDORS = "vendors.yaml"  # about vendors: vendor_limits.py
LIFECYCLE, HISTORIES = "lifecycle.yaml", "lifecycle.test.yaml"  # about people: phases
APART = (BUYING, VENDORS, LIFECYCLE)


@dataclass
class Apart:
    """What has been read so far."""

    thresholds: Thresholds = field(default_factory=dict)
    worth: Terms = field(default_factory=Terms)
    vendor_limits: VendorLimits = field(default_factory=VendorLimits)
    phases: Found = field(default_factory=Found)
    lifecycle: Lifecycle | None = None

    def read(self, name: str, form: Form) -> None:
        """One of the files."""
        if name == BUYING:
            read_thresholds(form, self.thresholds)
            self.worth = read_terms(form, self.worth)
        elif name == VENDORS:
            read_vendor_limits(form, self.vendor_limits)
        else:
            read_lifecycle(form, self.phases)

    def end(self) -> None:
        """All are read: what they say together is looked at."""
        self.lifecycle = finish(self.phases)

    def give(self, found: PolicySet) -> None:
        """All of it to the set that was read beside it."""
        found.thresholds, found.worth = tuple(self.thresholds.values()), self.worth
        found.vendor_limits = self.vendor_limits
        found.lifecycle = self.lifecycle
