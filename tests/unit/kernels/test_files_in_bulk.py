"""A large tree is scanned while it is still being walked, and what is found in it is the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from secretscan.config.model import Config
from secretscan.pipeline import files
from secretscan.pipeline.kernelload import KernelLoading
from secretscan.pipeline.settings import NoProgress, ScanSettings
from secretscan.rules.samples import fill
from secretscan.sources.files import FileEntry, find_files


class Events(NoProgress):
    """What a progress display is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def start(self, objects: int, size: int) -> None:
        self.told.append(("start", objects, size))

    def advance(self, objects: int, size: int) -> None:
        self.told.append(("advance", objects, size))

    def stage(self, name: str) -> None:
        self.told.append(("stage", name))


def plant(folder: Path) -> int:
    size = 0
    for number in range(300):
        text = f"line {number}\n" * 20
        if not number % 7:
            text += fill('api_token = "{{base62:36}}"\n', seed=number)
        if number % 50 == 3:
            text += "\0binary\n" + fill("ghp_{{base62:36}}", seed=number)
        path = folder / f"d{number % 9}" / f"f{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        size += len(text)
    return size


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_large_tree_is_scanned_while_it_is_walked(
    tmp_path: Path, kernel_folder: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    size = plant(tmp_path)
    plain = files.scan_files([str(tmp_path)], ScanSettings(Config(), jobs=jobs))

    loading: list[KernelLoading] = []

    class Watched(KernelLoading):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            loading.append(self)

    def walk(*arguments: object, **options: object) -> Iterator[object]:
        for number, entry in enumerate(find_files(*arguments, **options)):  # type: ignore[arg-type]
            deadline = time.monotonic() + 60
            while number == 100 and not loading[0].are_ready:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield entry

    monkeypatch.setattr(files, "KernelLoading", Watched)
    monkeypatch.setattr(files, "find_files", walk)
    monkeypatch.setattr(files, "_ASKED_BYTES", 0)
    monkeypatch.setattr(files, "_ALONE_BYTES", 0)
    monkeypatch.setattr(files, "_BATCH_FILES", 20)
    events = Events()
    settings = ScanSettings(
        Config(), jobs=jobs, cache_dir=kernel_folder.parent, kernels=True, progress=events
    )
    report = files.scan_files([str(tmp_path)], settings)
    assert report.findings == plain.findings
    assert len(report.findings) > 40
    assert (report.scan.blobs, report.scan.bytes) == (plain.scan.blobs, plain.scan.bytes) == (300, size)
    # the totals are known, and told, only once scanning has begun
    assert [event for event in events.told if event[0] == "start"] == [("start", 300, size)]
    assert events.told.index(("stage", "scanning")) < events.told.index(("start", 300, size))


def test_batches_hold_so_many_files_and_bytes() -> None:
    sizes = [5, files._BATCH_BYTES, 1, files._BATCH_BYTES * 2, *[1] * 1100]
    batches = list(files._batches(FileEntry(b"%d" % n, size) for n, size in enumerate(sizes)))
    assert [len(batch) for batch in batches] == [1, 1, 1, 1, 500, 500, 100]
    assert [entry.size for batch in batches for entry in batch] == sizes
