"""Everything that talks to AWS: verification, the answer to a leak, and the record of each call."""
