"""secretscan finds leaked credentials in files, staged changes and git history.

`from secretscan import scan_bytes, scan_report, Finding, Report, SecretScanError` is the Python interface; the
names are imported when they are first used, so that `import secretscan` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for it would cost more than all the rest
if TYPE_CHECKING:
    from secretscan.api import Finding, Report, SecretScanError, scan_bytes, scan_report

__version__ = "0.1.0"
__all__ = ["Finding", "Report", "SecretScanError", "__version__", "scan_bytes", "scan_report"]


def __getattr__(name: str) -> object:
    """Return a name of the Python interface, importing it now."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("secretscan.api"), name)
