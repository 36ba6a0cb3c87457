"""`secretscan cache`: the compiled rules and the memory of audits, kept per user."""

from __future__ import annotations

from secretscan.cli.execute import cache_dir
from secretscan.cli.options import command_app
from secretscan.errors import SecretScanError
from secretscan.pipeline.auditplace import FOLDER

app = command_app("Show, fill or clear what secretscan keeps between runs.")


@app.command()
def show() -> int:
    """Print where the cache lies and how large it is."""
    folder = cache_dir()
    if folder is None:
        print("there is no folder for a cache: set SECRETSCAN_CACHE_DIR to one of your own")
        return 0
    files = [p for p in folder.rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files)
    print(f"{folder}: {len(files)} files, {size:,} bytes")
    audits = [p for p in files if p.parent.name == FOLDER]
    if audits:
        print(f"of these {len(audits)} of earlier audits, {sum(p.stat().st_size for p in audits):,} bytes")
    return 0


@app.command()
def warm() -> int:
    """Compile rules and kernels, so that no scan has to.

    For images, and before many first audits. Kernels come with the extra `fast`.
    """
    from importlib.util import find_spec
    from pathlib import Path

    from secretscan.cli.arguments import ScanArguments
    from secretscan.cli.doctor import check_cache
    from secretscan.cli.execute import make_settings
    from secretscan.pipeline.kernelload import KernelLoading
    from secretscan.pipeline.setup import make_program

    check = check_cache()
    if check.problem:
        raise SecretScanError(f"the cache cannot be filled: {check.problem}", help=check.help)
    settings = make_settings(ScanArguments(no_progress=True), Path())
    program = make_program(settings)
    print(f"rules: {len(program)}, compiled into {settings.cache_dir}")
    if find_spec("numba") is None:
        print("kernels: none, for the extra `fast` is not installed")
        return 0
    print("kernels: being compiled, which takes some twenty seconds, once", flush=True)
    if not KernelLoading(settings, program).compile():
        raise SecretScanError(
            f"the kernels cannot be compiled into {settings.cache_dir}",
            help="see `secretscan doctor`; scans find the same without, more slowly",
        )
    print("kernels: compiled")
    return 0


@app.command()
def clear() -> int:
    """Delete the cache; the next run compiles the rules and scans histories from their beginning."""
    import shutil

    folder = cache_dir()
    if folder is not None and folder.is_dir():
        shutil.rmtree(folder)
    print(f"cleared {folder}" if folder is not None else "there is no folder for a cache")
    return 0
