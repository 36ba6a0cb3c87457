"""The whole answer to a report: each leaked key identified, verified, planned and shut down. Resumable."""
