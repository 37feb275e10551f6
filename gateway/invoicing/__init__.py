"""Vendors' invoices held against what their contracts let us count: rows billed, usable, credited; money exactly."""
