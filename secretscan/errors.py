"""Errors that a user can act on. Each names its subject, the cause and the next step.

No message ever holds a secret. `cli/exits.py` is the only place that prints them and picks the exit code.
"""

from __future__ import annotations


class SecretScanError(Exception):
    """A condition the user can mend. Ends in exit code 2 unless a subclass is handled earlier."""

    def __init__(self, problem: str, *, help: str = "") -> None:
        """Take the problem (subject and cause, one sentence) and the next step in `help`."""
        super().__init__(problem)
        self.problem = problem
        self.help = help


class UsageError(SecretScanError):
    """The command line asks for something that cannot be done."""


class ConfigError(SecretScanError):
    """A configuration file cannot be read, or says something that makes no sense."""


class RuleError(SecretScanError):
    """A rule cannot be used; the message names file, rule and field."""


class RepositoryError(SecretScanError):
    """The target is not a repository that git can read, or a revision in it does not exist."""


class BaselineError(SecretScanError):
    """A baseline file cannot be read or written."""


class OutputError(SecretScanError):
    """The report cannot be written where it was asked for."""


class VerificationError(SecretScanError):
    """A provider could not be asked, or refused to say."""
