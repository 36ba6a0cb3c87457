"""Where the configuration lies. Costs a few stat calls where there is none, and no import of what reads it.

Every run of the hook starts here.
"""

from __future__ import annotations

from pathlib import Path

from secretscan.config.model import Config
from secretscan.errors import ConfigError

FILE_NAME = ".secretscan.toml"
PYPROJECT = "pyproject.toml"
MAX_FILE_BYTES = 4 << 20
"""Size from which a configuration file is refused."""
_TABLE = b"tool.secretscan"


def configuration(root: Path | None, explicit: Path | None = None) -> Config:
    """Return the configuration of a scan: of the file `explicit` (--config), or of the repository at `root`.

    Without either file, the defaults. A file that `root` brings along is not trusted.
    """
    found = explicit or (discover(root) if root is not None else None)
    if found is None:
        return Config()
    from secretscan.config.load import load

    return load(found, root=root, is_trusted=explicit is not None)


def discover(root: Path) -> Path | None:
    """Return the configuration file of the repository at `root`, or `None` when it has none.

    `.secretscan.toml` comes before a `pyproject.toml` that has a table `[tool.secretscan]`. Raises
    `ConfigError` for one that is there and no readable file within `root`: a scan must not run without it
    unawares.
    """
    own = root / FILE_NAME
    if own.is_file() or own.is_symlink() or own.exists():
        return _inside(own, root)
    shared = root / PYPROJECT
    if not shared.is_file():
        return None
    try:
        has_table = _TABLE in shared.read_bytes() if shared.stat().st_size <= MAX_FILE_BYTES else False
    except OSError as error:
        raise ConfigError(
            f"{PYPROJECT} cannot be read: {error.strerror}",
            help="make it readable, or name a file with --config",
        ) from error
    return _inside(shared, root) if has_table else None


def is_inside(path: Path, root: Path) -> bool:
    """Whether a path, all links followed, lies in `root`; links that lead in a circle lead nowhere."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def _inside(path: Path, root: Path) -> Path:
    """Return `path` after making sure that it is a file that lies in `root`."""
    if not is_inside(path, root):
        raise ConfigError(
            f"{path.name} is a link to a file outside of the repository",
            help="replace it with the file itself, or name one with --config",
        )
    if not path.is_file():
        raise ConfigError(f"{path.name} is not a readable file", help="mend or remove it, or use --config")
    return path
