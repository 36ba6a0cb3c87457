"""What is given to `secretscan aws` in the wrong place: named by its kind, never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_servers import ACCOUNT, Account, key_id_of

from secretscan.rules.samples import fill

SECRET = fill("{{base64:40}}", seed=7)
KEY = key_id_of(ACCOUNT, 8)


@pytest.fixture
def nowhere(tmp_path: Path) -> Account:
    """Runs commands that should end before anything is asked."""
    return Account("http://127.0.0.1:9", tmp_path, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["identify", "verify", "deactivate", "reactivate", "activity"])
def test_a_secret_in_the_place_of_the_id_is_not_repeated(nowhere: Account, command: str) -> None:
    done = nowhere.run(command, SECRET)
    assert done.code == 2
    assert "what was given (40 characters) is not an AWS access key ID" in done.err
    assert "looks like the secret access key, and now stands in the history of the shell" in done.err
    assert SECRET[:6] not in done.out + done.err


@pytest.mark.parametrize("arguments", [("identify", KEY, SECRET), (SECRET,)], ids=["after the id", "alone"])
def test_a_secret_among_the_arguments_is_not_repeated(nowhere: Account, arguments: tuple[str, ...]) -> None:
    done = nowhere.run(*arguments)
    assert (done.code, SECRET[:6] in done.out + done.err) == (2, False)
    assert "nothing was asked" in done.err


def test_an_id_in_lower_case_is_refused_with_the_cause(nowhere: Account) -> None:
    done = nowhere.run("identify", KEY.lower(), "--offline")
    assert (done.code, "it has lower-case letters" in done.err) == (2, True)


def test_blanks_around_an_id_are_left_out(nowhere: Account) -> None:
    done = nowhere.run("identify", f" {KEY}\n", "--offline")
    assert done.code == 0, done.err
    assert done.out.startswith(f"{KEY}\n")


@pytest.mark.parametrize("option", ["--profile", "--region", "--timeout"])
def test_the_check_of_the_log_offers_nothing_that_is_about_calls(nowhere: Account, option: str) -> None:
    assert option not in nowhere.run("log", "verify", "--help").out
    assert nowhere.run("log", "verify", option, "1").code == 2


def test_a_mistyped_command_is_still_named(nowhere: Account) -> None:
    done = nowhere.run("idntify")
    assert (done.code, "'idntify'" in done.err) == (2, True)
