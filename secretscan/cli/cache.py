"""`secretscan cache`: the compiled rules and the memory of audits, kept per user."""

from __future__ import annotations

from secretscan.cli.execute import cache_dir
from secretscan.cli.options import command_app
from secretscan.pipeline.auditcache import FOLDER

app = command_app("Show or clear what secretscan keeps between runs.")


@app.command()
def show() -> int:
    """Print where the cache lies and how large it is."""
    folder = cache_dir()
    files = [p for p in folder.rglob("*") if p.is_file()] if folder is not None else []
    size = sum(p.stat().st_size for p in files)
    print(f"{folder}: {len(files)} files, {size:,} bytes")
    audits = [p for p in files if p.parent.name == FOLDER]
    if audits:
        print(f"of these {len(audits)} of earlier audits, {sum(p.stat().st_size for p in audits):,} bytes")
    return 0


@app.command()
def clear() -> int:
    """Delete the cache; the next run compiles the rules and scans histories from their beginning."""
    import shutil

    folder = cache_dir()
    if folder is not None and folder.is_dir():
        shutil.rmtree(folder)
    print(f"cleared {folder}")
    return 0
