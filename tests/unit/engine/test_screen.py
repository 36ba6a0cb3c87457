"""A screen may call a text open that holds nothing; it never calls one closed that holds something."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.parts import part_of
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.engine.wordy import WordyLines
from secretscan.model.blob import Blob
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill

NAMES = ["token", "password", "db_pwd", "secretKey", "user", "default", "name", "api_key", "value", "auth"]
JOINTS = [
    " = ",
    "=",
    ": ",
    ":",
    '("',
    "('",
    '", "',
    " => ",
    '="',
    ":\n  - ",
    " =\n    ",
    "'",
    '"',
    '\\"',
    " ",
    ">",
]
VALUES = [
    "reader",
    "item/format",
    "self.x",
    "os.environ.get(",
    "a'b'c",
    "Xk29d8fQ",
    "if",
    "пароль",
    "\\n",
    "&quot;",
    "#",
]


@pytest.fixture(scope="module")
def program() -> Program:
    return build(load_rules(), "test")


@pytest.mark.parametrize("path", [b"a.py", b"a.yml", b"a.md", b"a.sh", b"a.json"])
def test_a_closed_text_holds_nothing_at_all(program: Program, path: bytes) -> None:
    screened = Scanner(program, max_depth=0)
    full = Scanner(program, max_depth=0, screened=False)
    closed = 0

    @given(st.integers(0, 1 << 32))
    @settings(max_examples=400, deadline=None, derandomize=True)
    def check(seed: int) -> None:
        nonlocal closed
        rng = random.Random(seed)
        words = [rng.choice(rng.choice([NAMES, JOINTS, VALUES])) for _ in range(rng.randint(3, 40))]
        if rng.random() < 0.2:
            words.insert(rng.randrange(len(words)), fill("{{password:14}}", seed=f"{seed}"))
        text = "".join(word if rng.random() < 0.9 else word + "\n" for word in words).encode()
        assert screened.screen is not None
        if not screened.screen.look(text, [part_of(0, path)], {}).opened:
            closed += 1
            assert full.scan(Blob(text, WorkTreeFile(path))).findings == []

    check()
    assert closed > 20


def test_parts_of_one_buffer_are_told_apart(program: Program) -> None:
    screen = Scanner(program, max_depth=0).screen
    assert screen is not None
    secret = fill('db_password = "{{password:16}}"\n', seed="parts").encode()
    words = b'token = reader.read_token("stage/event")\n'
    pieces = [words, secret, words, b"", secret]
    buffer, parts = b"", []
    for piece in pieces:
        parts.append(part_of(len(buffer), b"a.py"))
        buffer += b"\n" + piece
    assert screen.look(buffer, parts, {}).opened == {1, 4}


@pytest.mark.parametrize(
    ("line", "quoted", "expected"),
    [
        (b'token = socket.read_token("stage/event")', False, True),
        (b'token = os.environ.get("TOKEN_NAME", "item")', True, True),
        (b'token = os.environ.get("TOKEN_NAME", "item")', False, False),
        (b'token = "correct horse9"', True, False),
        (b'user = "x", password = "letmein"', True, False),
        (b"password = \"a'b'c\"", True, False),
        (b"if x is password:", False, True),
    ],
)
def test_lines_of_words_are_known(line: bytes, quoted: bool, expected: bool) -> None:
    assert WordyLines().is_wordy(line, quoted=quoted) is expected


def test_a_line_is_asked_about_again_where_something_else_follows(program: Program) -> None:
    # a first look without, a second with what makes a match of the line
    value = fill("{{base62:20}}", seed="follows")
    for path, line, ending in [
        (b"a.xml", f"<password>{value}", "\n</password>\n"),
        (b"a.py", f'x = """\n  client_secret: {value}', '\n"""\n'),
    ]:
        screened, full = Scanner(program, max_depth=0), Scanner(program, max_depth=0, screened=False)
        for behind in ("", "\n", "\nelse\n", ending):
            text = f"first\nsecond\n{line}{behind}".encode()
            blob = Blob(text, WorkTreeFile(path))
            told = [finding.rule_id for finding in screened.scan(blob).findings]
            assert told == [finding.rule_id for finding in full.scan(blob).findings]
        assert told


def test_a_rule_for_some_files_is_not_for_binary_data_whatever_their_names() -> None:
    from dataclasses import replace

    rule = next(rule for rule in load_rules() if rule.id == "abuseipdb-key")
    example = fill(rule.examples[0], seed="b").encode()
    program = build([replace(rule, file_kinds=("config",))], "some files")
    for path, is_binary in ((b"a.ini", False), (b"a.py", False), (b"a.ini", True)):
        text = b"\0" * is_binary + b"\n" + example + b"\n"
        found = [
            len(
                Scanner(program, max_depth=0, screened=screened).scan(Blob(text, WorkTreeFile(path))).findings
            )
            for screened in (True, False)
        ]
        assert found == [path == b"a.ini" and not is_binary] * 2
