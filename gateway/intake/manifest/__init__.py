"""Manifests: what a buyer should know of a list, written down before the list is taken in. No file is opened here."""

from gateway.intake.manifest.read import Manifest, new_manifest, read_form, read_manifest

__all__ = ["Manifest", "new_manifest", "read_form", "read_manifest"]
