"""Texts of a user interface are no credentials in any language; what a machine made is one, wherever it stands."""

from __future__ import annotations

import random

import pytest

from secretscan.engine.judge import Candidate
from secretscan.engine.judge.cautions import cautions
from secretscan.engine.judge.refusals import core, refusal
from secretscan.engine.judge.translated import is_foreign, is_translation, reads_as_text
from secretscan.rules.keyed import ALPHABETS
from secretscan.rules.samples import fill

PLACES = (
    "homeassistant/components/x/translations/fi.json",
    "app/locales/de.yml",
    "options/locale/locale_fi-FI.ini",
    "po/sv.po",
    "app/src/main/res/values-de/strings.xml",
    "Base.lproj/Main.strings",
    "src/messages_fr.properties",
    "assets/i18n/hu.json",
    "lib/l10n/app_es.arb",
)


def seen_in(path: str, value: bytes) -> Candidate:
    return Candidate(
        "generic-secret", value, b"password", b":", b'"', b'  "password": "', b'",', path=path.encode()
    )


def escaped(text: str) -> bytes:
    return b"".join(char.encode() if char < "\x7f" else b"\\u%04x" % ord(char) for char in text)


@pytest.mark.parametrize(
    "text", ["Пароль", "密码", "パスワードを入力", "Неверный пароль", "登入 password 的密碼。", "비밀번호"]
)
def test_a_value_in_letters_beyond_ascii_is_words_wherever_it_stands(text: str) -> None:
    for value in (text.encode(), escaped(text)):
        seen = seen_in("settings.json", value)
        assert refusal(seen, core(seen)) in ("words", "only symbols")


@pytest.mark.parametrize("text", ["пароль2024", "Zürich!7kQ", "жz9Q4tРx8W", "\\u0070\\u0071\\u0072"])
def test_a_value_with_digits_or_ascii_that_is_no_word_is_not_taken_for_words(text: str) -> None:
    assert not is_foreign(text.encode(), 0.95)
    assert not is_foreign(escaped(text), 0.95)


def test_bytes_that_are_no_text_are_not_taken_for_words() -> None:
    assert not is_foreign("Пароль".encode("koi8-r"), 0.95)


@pytest.mark.parametrize("path", PLACES)
def test_a_text_in_a_file_of_translations_is_doubted(path: str) -> None:
    for text in (
        "Salasana",
        "Benutzer-Passwort",
        "Kullanıcı şifresi",
        "S2-åtkomstnyckel",
        "Valvontasalasana",
    ):
        for value in (text.encode(), escaped(text)):
            assert "translation" in dict(cautions(seen_in(path, value), value))


@pytest.mark.parametrize(
    "path", ["src/settings.py", "config/language.py", "deploy/local.env", "locale.py", "k8s/po.yaml"]
)
def test_a_text_elsewhere_is_not_doubted(path: str) -> None:
    assert not is_translation(path.encode())
    assert "translation" not in dict(cautions(seen_in(path, b"Valvontasalasana"), b"Valvontasalasana"))


@pytest.mark.parametrize(
    "name", ["base62", "base64", "base64url", "hex", "HEX", "alnum", "ALNUM", "base32", "digits"]
)
def test_no_random_value_is_taken_for_a_text(name: str) -> None:
    assert name in ALPHABETS
    for seed in range(1000):
        value = fill(f"{{{{{name}:{16 + seed % 25}}}}}", seed=seed).encode()
        assert not reads_as_text(value)
        assert not is_foreign(value, 0.95)


def test_no_generated_password_is_taken_for_a_text() -> None:
    signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#%&*+-=?@^_~"
    for seed in range(3000):
        value = "".join(random.Random(seed).choices(signs, k=12 + seed % 9)).encode()
        assert not reads_as_text(value)
