"""The audit log: permissions, the hash chain, and what stays out of it."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from secretscan.verify.aws.audit.chain import GENESIS, ChainCheck, check, line_hash
from secretscan.verify.aws.audit.log import AuditLog, AuditLogError


def write_calls(path: Path, count: int) -> AuditLog:
    log = AuditLog(path, command="aws identify")
    for number in range(count):
        call = log.begin("iam:GetUser", identity="me", region="r", parameters={"i": number}, changes=False)
        log.finish(call, "iam:GetUser", result={"outcome": "ok"}, durable=False)
    return log


def checked(path: Path, **options: str) -> ChainCheck:
    return check(path.read_bytes().splitlines(), **options)


def test_log_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "audit.jsonl"
    write_calls(path, 1).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_permissions_of_an_existing_log_are_tightened(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.touch(0o644)
    write_calls(path, 1).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_line_holds_the_hash_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write_calls(path, 3).close()
    previous = GENESIS
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        entry = json.loads(line)
        assert (entry["n"], entry["prev"]) == (number, previous)
        previous = line_hash(line)
    assert checked(path) == ChainCheck(7, previous, (), ())


def test_a_second_run_continues_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write_calls(path, 2).close()
    write_calls(path, 2).close()
    assert checked(path).problems == ()
    assert checked(path).lines == 10


def test_writers_in_parallel_keep_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    threads = [threading.Thread(target=write_calls, args=(path, 40)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert checked(path).problems == ()
    assert checked(path).lines == 4 * 81


def edit(path: Path, number: int, change: str) -> None:
    lines = path.read_bytes().splitlines()
    match change:
        case "altered":
            lines[number] = lines[number].replace(b"iam:GetUser", b"iam:PutUser")
        case "removed":
            del lines[number]
        case "swapped":
            lines[number], lines[number + 1] = lines[number + 1], lines[number]
        case "added":
            lines.insert(number, lines[number])
        case "garbled":
            lines[number] = b"not json"
    path.write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.mark.parametrize("change", ["altered", "removed", "swapped", "added", "garbled"])
def test_tampering_is_found(tmp_path: Path, change: str) -> None:
    path = tmp_path / "audit.jsonl"
    write_calls(path, 4).close()
    edit(path, 3, change)
    assert checked(path).problems


def test_a_cut_off_end_is_found_with_the_expected_head(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write_calls(path, 4).close()
    head = checked(path).head
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-2]) + b"\n")
    assert checked(path).problems == ()
    assert "end of the log is missing" in checked(path, expected_head=head).problems[0]


def test_a_call_without_result_is_reported_as_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = write_calls(path, 1)
    log.begin("iam:UpdateAccessKey", identity="me", region="r", parameters={}, changes=True)
    log.close()
    assert [text.split()[0] for text in checked(path).unfinished] == ["iam:UpdateAccessKey"]


def test_a_line_torn_by_a_crash_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write_calls(path, 1).close()
    with path.open("ab") as file:
        file.write(b'{"n":4,"prev":"00')
    write_calls(path, 1).close()
    outcome = checked(path)
    assert outcome.lines == 7
    assert outcome.problems == ("line 4 is not a log entry",)


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditLogError, match="no AWS call was made"):
        AuditLog(tmp_path / "audit.jsonl", command="x")
