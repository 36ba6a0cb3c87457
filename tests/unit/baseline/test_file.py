from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from secretscan.baseline.file import Baseline, Entry, load, merge, prune, render, write
from secretscan.errors import BaselineError

TODAY = date(2026, 11, 23)
ONE = Entry("0" * 31 + "1", "github-pat", "rotated")
TWO = Entry("0" * 31 + "2", "aws-access-key", "fixture, “quoted” and — dashed", date(2027, 1, 31))
OLD = Entry("0" * 31 + "3", "jwt", "until the demo", date(2026, 11, 22))


def test_written_file_has_one_sorted_entry_a_line_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    write(path, [ONE, TWO, OLD])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [re.findall(r'"rule": "([^"]+)"', line) for line in lines[3:6]] == [
        ["aws-access-key"],
        ["github-pat"],
        ["jwt"],
    ]
    assert set(load(path).entries) == {ONE, TWO, OLD}
    assert [entry.rule for entry in load(path).entries] == ["aws-access-key", "github-pat", "jwt"]


def test_same_entries_give_the_same_bytes_in_any_order() -> None:
    assert render([ONE, TWO, OLD]) == render([OLD, ONE, TWO, ONE])
    assert json.loads(render([])) == {"version": 1, "entries": []}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_every_encoding_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str) -> None:
    text = render([TWO])
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "b.json").write_bytes((mark + text.replace("\n", "\r\n")).encode(encoding))
    assert load(tmp_path / "b.json").entries == (TWO,)


def test_expired_entry_does_not_silence_and_is_listed() -> None:
    baseline = Baseline((ONE, TWO, OLD))
    assert [baseline.covers(entry.fingerprint, TODAY) for entry in (ONE, TWO, OLD)] == [True, True, False]
    assert baseline.expired(TODAY) == (OLD,)
    assert not baseline.covers("f" * 32, TODAY)


def test_entry_holds_through_its_last_day() -> None:
    assert OLD.expires is not None
    assert not OLD.is_expired(OLD.expires)


def test_prune_drops_what_nothing_uses() -> None:
    baseline = Baseline((ONE, TWO, OLD))
    assert prune(baseline, {TWO.fingerprint, OLD.fingerprint}).entries == (TWO, OLD)
    assert prune(baseline, {TWO.fingerprint, OLD.fingerprint}, today=TODAY).entries == (TWO,)


def test_merge_keeps_reason_and_expiry_of_what_is_known() -> None:
    merged = merge([OLD], [(OLD.fingerprint, "jwt"), (ONE.fingerprint, "github-pat")], reason="first audit")
    assert merged == (OLD, Entry(ONE.fingerprint, "github-pat", "first audit"))


GOOD = f'{{"fingerprint": "{"a" * 32}", "rule": "jwt", "reason": "r"}}'


def document(*entries: str) -> str:
    return '{\n  "version": 1,\n  "entries": [\n' + ",\n".join(entries) + "\n  ]\n}\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("{\n<<<<<<< ours\n", 2, "merge conflict"),
        ('{"version": 1,\n "entries": [}', 2, "not JSON"),
        ("[]", 1, "no list `entries`"),
        ('{"version": 9,\n"entries": []}', 1, "version 9"),
        ('{"version": 1,\n"entries": [],\n"extra": 1}', 3, "unknown key 'extra'"),
        (document(GOOD, '{"fingerprint": "xyz", "rule": "jwt", "reason": "r"}'), 5, "32 hexadecimal"),
        (document(GOOD, GOOD.replace('"r"', '" "')), 5, "no reason"),
        (document(GOOD, GOOD.replace("rule", "rul")), 5, "unknown key 'rul'"),
        (document(GOOD[:-1] + ', "expires": "soon"}'), 4, "not a date"),
        (document(GOOD[:-1] + ', "expires": 3}'), 4, "not a string"),
        (document(GOOD, GOOD, GOOD.replace('"r"', '"s"')), 6, "stands on line 4 too"),
        (document("7"), 4, "not an object"),
    ],
)
def test_mistake_is_reported_with_file_line_and_next_step(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BaselineError) as caught:
        load(path)
    assert f"{path}:{line}: " in caught.value.problem
    assert says in caught.value.problem
    assert caught.value.help


def test_line_is_right_when_entries_are_spread_and_quote_the_key(tmp_path: Path) -> None:
    tricky = GOOD.replace('"r"', json.dumps('{"entries": [1]'))
    path = tmp_path / "b.json"
    path.write_text('{"version": 1, "entries": [\n\n' + tricky + ",\n{\n\n}\n]}", encoding="utf-8")
    with pytest.raises(BaselineError, match=r":4: fingerprint"):
        load(path)


def test_missing_file_and_unwritable_folder_are_baseline_errors(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read"):
        load(tmp_path / "none.json")
    with pytest.raises(BaselineError, match="cannot be written"):
        write(tmp_path / "missing" / "b.json", [ONE])


def test_not_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b'{"version": 1}\n\xff\xfd')
    with pytest.raises(BaselineError, match=r":2: not utf-8 text"):
        load(tmp_path / "b.json")


def test_detect_secrets_baseline_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"version": "1.5.0", "plugins_used": [], "results": {}}')
    with pytest.raises(BaselineError) as caught:
        load(tmp_path / "b.json")
    assert "detect-secrets" in caught.value.help
