"""What kernels pass over leads to nothing: screens and scans that use them say what those without say."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest
from bulk_cutting import Row, bulk_scanner, held, version_columns
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_calls import callable_part

from secretscan.engine import screen
from secretscan.engine.parts import Part, part_of
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.engine.screen import Screen
from secretscan.engine.wordy import WordyLines
from secretscan.model.blob import Blob
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill
from tests.unit.windows.delta_texts import LINES, PROGRAM, SCANNERS, WORDS, facts, silence
from tests.unit.windows.test_deltascan import MANIFEST_LINES, histories

if TYPE_CHECKING:
    from secretscan.kernels.memory import Memory

np = pytest.importorskip("numpy")

RUN_OF_LETTERS = -1
CODE = [
    b'token = reader.read_token("a/b")',
    b"password = settings.password",
    b'token = os.environ.get("TOKEN_NAME", "item")',
    b"    def password_of(self, account: Account) -> Password:",
    b"return self.tokens.get(name, default)",
    b"if (token == NULL || strcmp(token, secret) != NULL) {",
    b"apiKey: process.env.API_KEY,",
    b'secret: "the secret of the service",',
    b"const accessToken = await fetchAccessToken(client);",
    b"private static final String PASSWORD = Config.read(KEY);",
    b'<password>${database.password}</password>',
    b"auth_token := flag.String(name, empty, usage)",
    b"HTTPServer.Authorization = BearerToken(XMLParser)",
    b"",
    b"    # the password is read from the file",
    b"'", b'"', b'""', b"''", b'token = ""', b"a", b"ab c", b"(){}[]=:>,;<&", b"\t \r",
]  # fmt: skip
DOUBTFUL = [
    b"token = value1", b"user = password", b"USER.token", b"a uid here", b"the Uid of it", b"LOGIN",
    b"login: token", b"passwords of Users", b"liquid token",
]  # fmt: skip
STRANGE = [
    b"password = \"a'b'c\"", b"password = 'xk'", b"token = zxqvkjwp",
    b'password = "%s"' % WORDS[0][:6].encode(),
    b"password = &quot;letmein&quot;",
    b'password = "\\"quoted\\""', b"it's the user's", b"p_'q'_r = xq", b"x = 'qz' 'zq'", b"\xd0\xbf\xd0\xb0\xd1\x80 = token",
    b"qZ = Qz", b"ABCdef GHIjKL", b"aBCDe", b"HTTPServer", b"xQzW", b"XQ'zw", b"\x00\x7f\x80\xff", b"@`[{~^", b"Zq" * 70,
    b"word " * 31 + b"words", b"word " * 32 + b"w", b"word " * 33, b"-----", b"***", b"_'_", b"a\\b", b"'x\\",
]  # fmt: skip
BITS = [
    b"token", b"password", b"secret", b"reader", b"item", b"zxq", b"kwv", b"Qx", b"aB", b"AB", b"HTTP", b"get", b"value",
    b"default", b"=", b" = ", b":", b": ", b"(", b")", b'"', b"'", b"`", b" ", b"\t", b"\\", b"&", b"&quot;", b"_", b"-",
    b".", b"/", b"{", b"}", b"<", b">", b"[", b"]", b",", b";", b"#", b"*", b"us", b"er", b"ui", b"d", b"lo", b"gin",
    b"a", b"x", b"\xc3\xa4", b"7",
]  # fmt: skip


class Kernel:
    """`is_wordy` of the kernels, as it is when they know what a twin has learned."""

    def __init__(self) -> None:
        from secretscan.kernels.memory import Memory

        self.memory: Memory = Memory(100_000, 1 << 20)
        self.known: set[bytes] = set()

    def learn(self, wordy: WordyLines) -> None:
        fresh = {run: inside for run, inside in wordy.learned().items() if run not in self.known}
        self.known |= set(fresh)
        self.memory.add((RUN_OF_LETTERS, run, inside) for run, inside in fresh.items())

    def is_wordy(self, line: bytes, *, quoted: bool) -> bool:
        from secretscan.engine.judge.refusals import WORDS_COVER
        from secretscan.kernels.words import byte_classes, is_wordy

        memory = self.memory
        # in the middle of others, which do not count
        around = b'"user1 '
        text = np.frombuffer(around + line + around[::-1], dtype=np.uint8)
        return callable_part(is_wordy)(
            text,
            len(around),
            len(around) + len(line),
            quoted,
            byte_classes(),
            memory.slots,
            memory.entries,
            memory.arena,
            memory.seed,
            round(100 * WORDS_COVER),
        )


def random_line(rng: random.Random) -> bytes:
    return b"".join(rng.choices(BITS, k=rng.randint(1, 14)))


def some_lines(seed: int) -> list[bytes]:
    rng = random.Random(seed)
    lines = [rng.choice(rng.choice([CODE, DOUBTFUL, STRANGE])) for _ in range(4)]
    return [*lines, *(random_line(rng) for _ in range(12))]


@pytest.mark.parametrize("quoted", [False, True])
def test_a_line_is_wordy_for_the_kernel_when_it_is_for_the_twin(quoted: bool) -> None:
    answers = {True: 0, False: 0}
    kernel = Kernel()

    @given(st.integers(0, 1 << 32))
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(seed: int) -> None:
        lines = some_lines(seed)
        wordy = WordyLines()
        unlearned = Kernel()
        expected = []
        for line in lines:
            # what others have taught the kernel may spare the twin, never contradict it
            early = kernel.is_wordy(line, quoted=quoted)
            expected.append(wordy.is_wordy(line, quoted=quoted))
            assert expected[-1] or not early
            assert expected[-1] or not unlearned.is_wordy(line, quoted=quoted)
        kernel.learn(wordy)
        # the twin has looked at all of a line that it calls wordy, so the kernel lacks nothing
        assert [kernel.is_wordy(line, quoted=quoted) for line in lines] == expected
        for answer in expected:
            answers[answer] += 1

    check()
    assert min(answers.values()) > 500


@pytest.mark.parametrize("quoted", [False, True])
def test_lines_of_code_are_wordy_for_a_kernel_that_knows_their_words(quoted: bool) -> None:
    kernel, wordy = Kernel(), WordyLines()
    lines = [line for line in CODE if wordy.is_wordy(line, quoted=quoted)]
    assert len(lines) > 15
    unknown = [line for line in lines if not kernel.is_wordy(line, quoted=quoted)]
    assert len(unknown) > 5 if not quoted else unknown
    kernel.learn(wordy)
    assert [line for line in lines if not kernel.is_wordy(line, quoted=quoted)] == []
    # the case of letters may change, the words stay
    assert kernel.is_wordy(b"PASSWORD = Settings.password", quoted=quoted)


@pytest.mark.parametrize("line", DOUBTFUL)
@pytest.mark.parametrize("change", [bytes, bytes.upper, bytes.lower, bytes.title, bytes.swapcase])
def test_digits_and_users_make_a_line_doubtful(line: bytes, change: Callable[[bytes], bytes]) -> None:
    kernel, wordy = Kernel(), WordyLines()
    # every word is known, and the line without what makes it doubtful is wordy
    for word in change(line).translate(None, b"0123456789").split():
        wordy.is_wordy(word[:1] + b" " + word[1:], quoted=False)
        wordy.is_wordy(word, quoted=False)
    kernel.learn(wordy)
    for text in (change(line), b"a " + change(line) + b" a"):
        assert not kernel.is_wordy(text, quoted=False)
        assert not kernel.is_wordy(text, quoted=True)


PATHS = [b"a.py", b"b.yml", b"c.md", b"d.sh", b"e.json"]


def secret_lines(rng: random.Random) -> Iterable[bytes]:
    """Lines with secrets, or with what looks like it, over one line or two; none is the same in the next text."""
    value = fill("{{base62:20}}", seed=str(rng.random()))
    yield f'db_password = "{value}"'.encode()
    yield f"password: {value[:12]}".encode()
    yield f"export API_TOKEN={value}".encode()
    yield f"token =\n    '{value}'".encode()
    yield f"<password>{value}\n</password>".encode()
    yield f'client_secret: {value}\n"""'.encode()
    yield f'{{"apiKey": "{value}", "user": "admin"}}'.encode()
    yield f"tok_{value.lower()}".encode()
    yield b"see " + b"y" * rng.choice([490, 512, 530]) + f" password = '{value}'".encode()


def random_text(rng: random.Random, kept: list[bytes]) -> bytes:
    """Many lines; those of earlier texts (`kept`) come again with other lines around them."""
    lines = []
    fresh = list(secret_lines(rng)) if rng.random() < 0.5 else [b"password = os.getenv(NAME)"]
    # some with nothing that is something in every kind of file
    mixed = [CODE, CODE, CODE, STRANGE, BARE, DOUBTFUL, OLD_LINES, kept]
    sources, most, fresh = rng.choice([(mixed, 25, fresh), ([CODE, BARE], 5, BARE)])
    for _ in range(rng.randint(0, most)):
        source = rng.choice(sources)
        if rng.random() < 0.04:
            source = fresh
        line = rng.choice(source or CODE)
        if rng.random() < 0.1:
            line = random_line(rng)
        if rng.random() < 0.1:
            cut = rng.randint(0, len(line))
            line = rng.choice([line[:cut], line[cut:], line[:cut] + b"\n" + line[cut:]])
        kept.append(line)
        lines.append(line)
    return rng.choice([b"\n", b"\n", b"\r\n"]).join(lines) + rng.choice([b"", b"\n"])


BARE = [
    b"password = kJqzXvWpQm", b"password: ${zqXv}", b"db_password = zxqvkjwpqm", b"token: kJqzXvWpQmRt",
    b"PASSWORD=" + WORDS[1][:10].encode(),
    b"secret = self.Zq9xKv27Lw", b"api_key = zq9(xKv27Lw)", b"auth = Zq9xKv27.Lw", b"password == zq9xKv27Lw",
]  # fmt: skip
"""Values without quotes: whether they are any depends on the kind of the file."""
OLD_LINES = [line.encode() for line in LINES]


class Earlier:
    """Texts and lines that a test came upon before, the last of them."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.texts: list[bytes] = []


def random_parts(rng: random.Random, earlier: Earlier) -> tuple[bytes, list[Part]]:
    buffer, parts = b"", []
    for _ in range(rng.randint(1, 6)):
        parts.append(part_of(len(buffer), rng.choice(PATHS), is_binary=rng.random() < 0.1))
        # what is nothing in code may be something in a configuration, word for word
        text = (
            rng.choice(earlier.texts)
            if earlier.texts and rng.random() < 0.4
            else random_text(rng, earlier.lines)
        )
        earlier.texts.append(text)
        buffer += b"\n" + text
    del earlier.lines[:-200], earlier.texts[:-30]
    return buffer, parts


@pytest.fixture(scope="module")
def all_rules() -> Program:
    return build(load_rules(), "test")


@pytest.fixture(params=["own and generic rules", "all rules"])
def program(request: pytest.FixtureRequest) -> Program:
    return PROGRAM if request.param.startswith("own") else request.getfixturevalue("all_rules")


def with_kernels(program: Program) -> Scanner:
    scanner = Scanner(program, silencer=silence)
    scanner.use_kernels()
    return scanner


def screen_of(scanner: Scanner) -> Screen:
    assert scanner.screen is not None
    return scanner.screen


def forgetful(screen: Screen) -> Screen:
    """A screen without memory of lines, the same otherwise."""
    fresh = Screen(screen._program, screen._prefilter)
    fresh._traits = screen._traits
    return fresh


def count_what_kernels_pass_over(screen: Screen) -> list[int]:
    """Numbers of hits that kernels were asked about, and that they left to look at, kept up to date."""
    assert screen._filter is not None
    rounds, counts = screen._filter.rounds, [0, 0]

    def counted(text: bytes, hits: list[int], *rest: object) -> Iterable[list[int]]:
        counts[0] += len(hits)
        for some in rounds(text, hits, *rest):  # type: ignore[arg-type]
            counts[1] += len(some)
            yield some

    screen._filter.rounds = counted  # type: ignore[method-assign, assignment]
    return counts


@pytest.mark.parametrize("entries", [0, 60], ids=["", "forgets"])
def test_a_screen_with_kernels_opens_the_same_parts_and_windows(
    program: Program, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.engine import hitfilter

    monkeypatch.setattr(screen, "_FILTERED_FROM", 1)
    if entries:  # so few that the memory is full again and again
        monkeypatch.setattr(hitfilter, "_ENTRIES", entries)
    fast, slow = screen_of(with_kernels(program)), screen_of(Scanner(program))
    counts = count_what_kernels_pass_over(fast)
    earlier = Earlier()
    opened = closed = 0

    @given(st.integers(0, 1 << 32))
    @settings(max_examples=150, deadline=None, derandomize=True)
    def check(seed: int) -> None:
        nonlocal opened, closed
        rng = random.Random(seed)
        text, parts = random_parts(rng, earlier)
        # a buffer of several parts, a glance at one text, and the first again: the memory is one for both
        found = fast.look(text, parts, {}).opened
        assert found == forgetful(slow).look(text, parts, {}).opened == slow.look(text, parts, {}).opened
        opened, closed = opened + len(found), closed + len(parts) - len(found)
        is_binary = rng.random() < 0.1
        seen = fast.glance(text, parts[0].path, is_binary=is_binary)
        assert seen == forgetful(slow).glance(text, parts[0].path, is_binary=is_binary)
        assert seen == slow.glance(text, parts[0].path, is_binary=is_binary)
        assert fast.look(text, parts, {}).opened == found

    check()
    assert min(opened, closed) > 50
    # worth something only if kernels passed over hits
    assert counts[1] < 0.9 * counts[0]


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize(
    "drawn", [histories(), histories(MANIFEST_LINES, b"a.yaml")], ids=["code", "manifests"]
)
def test_a_scan_of_batches_with_kernels_equals_a_scan_of_everything(
    size: int, drawn: st.SearchStrategy[list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "_FILTERED_FROM", 1)
    scanner, everything = with_kernels(PROGRAM), SCANNERS["hyperscan, every text in full"]
    saved = carried = 0

    @given(drawn)
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(history: list[Row]) -> None:
        nonlocal saved, carried
        versions = held(history)
        scan = bulk_scanner(scanner, versions)
        for first in range(0, len(versions), size):
            batch, asked = versions[first : first + size], set[int]()
            columns = version_columns(batch, asked)
            results = {n: result for n, _, result in scan.scan(columns)}
            for n, version in enumerate(batch):
                whole = everything.scan(Blob(version.data, version.provenance))
                found = results[n].findings if n in results else []
                assert facts(found) == facts(whole.findings)
                if version.base >= 0:
                    saved += n not in asked
                    carried += bool(found)

    check()
    assert saved > 25
    assert carried > 0


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_short_value_put_under_what_announces_it_is_found(size: int) -> None:
    head = b"kind: Secret\ndata:\n" + b"  name: of words\n" * 60
    tail = b"  other: of words\n" * 60
    value = b"  note: " + base64.b64encode(f"pwd={fill('{{base62:10}}', seed='short')}".encode()) + b"\n"
    first, second, third = head + tail, head + b"  one: more\n" + tail, head + value + b"  one: more\n" + tail
    copies = [(0, 0, len(head)), (len(head), len(head) + 12, len(tail))]
    more = [(0, 0, len(head)), (len(head), len(head) + len(value), 12 + len(tail))]
    rows: list[Row] = [
        (first, -1, [], b"a.yaml"),
        (second, 0, copies, b"a.yaml"),
        (third, 1, more, b"a.yaml"),
        (second, 2, [(0, 0, len(head)), (len(head) + len(value), len(head), 12 + len(tail))], b"a.yaml"),
    ]
    versions = held(rows)
    scan = bulk_scanner(with_kernels(PROGRAM), versions)
    found = {}
    for begin in range(0, len(versions), size):
        for n, _, result in scan.scan(version_columns(versions[begin : begin + size], set())):
            found[begin + n] = facts(result.findings)
    everything = SCANNERS["hyperscan, every text in full"]
    whole = [facts(everything.scan(Blob(v.data, v.provenance)).findings) for v in versions]
    assert [found.get(n, []) for n in range(len(versions))] == whole
    assert [bool(findings) for findings in whole] == [False, False, True, False]


@pytest.mark.parametrize(
    ("path", "line", "ending"),
    [
        (b"a.xml", "<password>", "\n</password>\n"),
        (b"a.py", 'x = """\n  client_secret: ', '\n"""\n'),
    ],
)
def test_a_line_that_kernels_remember_is_open_where_something_else_follows(
    path: bytes, line: str, ending: str, all_rules: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # remembered as closed at the end of a part, where nothing follows; random texts hardly ever say it so
    monkeypatch.setattr(screen, "_FILTERED_FROM", 1)
    fast, slow = screen_of(with_kernels(all_rules)), screen_of(Scanner(all_rules))
    value = fill("{{base62:20}}", seed="follows")
    opened = set()
    for behind in ("", "", "\n", "\nelse\n", ending):
        text = f"\nfirst\nsecond\n{line}{value}{behind}".encode()
        parts = [part_of(0, path)]
        found = fast.look(text, parts, {}).opened
        assert found == forgetful(slow).look(text, parts, {}).opened
        assert set(fast.glance(text, path).windows) == set(forgetful(slow).glance(text, path).windows)
        opened.add(bool(found))
    assert opened == {False, True}
