"""`secretscan config`: what the configuration comes to, and how to take over that of gitleaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.execute import make_settings
from secretscan.cli.exits import Exit
from secretscan.cli.options import command_app
from secretscan.cli.output import check_output, write_output
from secretscan.config.discover import FILE_NAME, MAX_FILE_BYTES
from secretscan.errors import ConfigError, UsageError
from secretscan.model.counts import plural
from secretscan.model.paths import printable
from secretscan.pipeline.settings import ScanSettings

app = command_app("Show the configuration that counts, or import that of gitleaks.")

GITLEAKS_NAME: Final = ".gitleaks.toml"
IGNORE_NAME: Final = ".gitleaksignore"


@app.command()
def show(
    repo: Annotated[str, typer.Option("--repo", metavar="DIR", help="Repository or folder.")] = ".",
    config: Annotated[str, typer.Option("--config", metavar="FILE", help="Use this configuration.")] = "",
) -> int:
    """Print the settings a scan of the repository would run with, defaults included."""
    settings = make_settings(ScanArguments(config=config, no_progress=True), _root(repo), quick=True)
    for name, text in _rows(settings):
        for n, line in enumerate(text.split("\n")):
            print(f"{'' if n else name:16} {printable(line)}".rstrip())
    return Exit.CLEAN


@app.command(name="import")
def import_config(
    source: Annotated[
        str, typer.Argument(metavar="[FILE]", help="The configuration of gitleaks, or the folder it lies in.")
    ] = ".",
    ignore: Annotated[
        str,
        typer.Option(
            "--ignore", metavar="FILE", help=f"Its ignore file.  [default: {IGNORE_NAME} beside the first]"
        ),
    ] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help=f"Write there, such as {FILE_NAME}.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> int:
    """Print a configuration of ours that does the same; what could not be taken over is said on stderr."""
    from secretscan.config.import_gitleaks import import_gitleaks
    from secretscan.rules.load import load_rules

    folder = Path(source) if Path(source).is_dir() else Path(source).parent
    config_file = folder / GITLEAKS_NAME if Path(source).is_dir() else Path(source)
    ignore_file = Path(ignore) if ignore else folder / IGNORE_NAME
    has_ignore = bool(ignore) or ignore_file.is_file()
    if not config_file.is_file() and not (has_ignore and Path(source).is_dir()):
        raise UsageError(f"{config_file} is not a file", help=f"name the {GITLEAKS_NAME} to import")
    check_output(output)
    if output and Path(output).is_file() and not force:
        raise UsageError(
            f"{output} is there already; nothing was written",
            help="leave out --output to see what would be written, or write over it with --force",
        )
    imported = import_gitleaks(
        _text(config_file) if config_file.is_file() else "",
        _text(ignore_file) if has_ignore else "",
        known_rules={rule.id for rule in load_rules()},
    )
    write_output(imported.text, output)
    for sentence in imported.lost:
        print(f"not taken over: {printable(sentence)}", file=sys.stderr)
    return Exit.CLEAN


def _text(path: Path) -> str:
    """Return the text of a file that is to be imported. Raises ConfigError."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_FILE_BYTES >> 20} MiB", help="name another file")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", help="name another file") from error
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", help="save it as UTF-8") from None


def _rows(settings: ScanSettings) -> list[tuple[str, str]]:
    """Names and values of everything that is set, in the order of the documentation."""
    from secretscan.pipeline.setup import make_program

    config, program = settings.config, make_program(settings)
    own = sum(len(tables) for tables in config.rule_tables.values() if isinstance(tables, list))
    rows = [
        ("file", config.source or "none; the defaults hold"),
        ("rules", f"{len(program)}" + (f", {own} of them from the file" if own else "")),
        ("built-in rules", "used" if config.extend else "not used (extend = false)"),
        ("disable", ", ".join(config.disable) or "nothing"),
        (
            "severity",
            ", ".join(f"{rule} {level}" for rule, level in sorted(config.severity.items())) or "as built in",
        ),
        ("min_confidence", settings.min_confidence.value),
        ("max_file_bytes", f"{settings.max_bytes:,}"),
        ("exclude", "\n".join(config.exclude) or "nothing"),
        ("baseline", _baseline(settings)),
        ("allow", plural(len(config.allow), "entry", "entries")),
        ("cache", str(settings.cache_dir or "off")),
    ]
    return rows + [("note", note) for note in config.notes]


def _baseline(settings: ScanSettings) -> str:
    if settings.baseline is None:
        return "none"
    return plural(len(settings.baseline.entries), "entry", "entries")


def _root(repo: str) -> Path | None:
    """Folder whose configuration counts: the root of the work tree, or `repo` itself when it is no repository."""
    from secretscan.cli.known import root_of

    if not Path(repo).is_dir():
        raise UsageError(f"{repo} is not a folder", help="name a folder with --repo")
    return root_of(repo)
