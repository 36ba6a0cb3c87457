"""The audit log: append-only JSON Lines, each line holding the hash of the one before."""
