"""Verification over HTTP, as a rule declares it in `[rules.verify]`."""
