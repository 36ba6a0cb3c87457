"""Go's regex syntax (RE2) into the one our rules use. What has no counterpart is a `ValueError` that says so.

Source: https://github.com/google/re2/wiki/Syntax. Ours is Python's on bytes, with one group named `secret`,
no other captures, flags only around groups, and every repeat bounded.
"""

from __future__ import annotations

import re

LONGEST_REPEAT = 256
"""What `*`, `+` and `{n,}` may repeat to: longer than tokens are; RE2 itself counts to 1,000."""

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-\x7e",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_OPEN = re.compile(r"\((?:\?P?<(\w+)>|\?([imsU]*(?:-[imsU]+)?)([:)]))?")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_KEPT_ESCAPES = "dDwWsSbBtnrfvaA"


def translate(pattern: str, *, secret_group: int = 0) -> str:
    """Return `pattern` as a rule's: capture `secret_group` becomes the group `secret`, others none.

    Without a number the first capture is the secret, or else the whole match, which is what gitleaks reports.
    Raises `ValueError`.
    """
    reader = _Translation(pattern, secret_group or 1)
    body = reader.whole()
    if secret_group > reader.captures:
        raise ValueError(f"there is no group {secret_group}")
    return _checked(body if reader.captures else f"(?P<secret>{body})")


def translate_search(pattern: str) -> str:
    """Return `pattern` for an allowlist, which needs no group. Raises `ValueError`."""
    return _checked(_Translation(pattern, 0).whole())


def _checked(body: str) -> str:
    """Return `body` once Python accepts it."""
    try:
        re.compile(body.encode())
    except re.error as error:
        raise ValueError(f"Python does not accept it: {error}") from None
    return body


class _Translation:
    """One pass over one pattern. `secret_group` is the number of the capture to name, 0 for none."""

    def __init__(self, text: str, secret_group: int) -> None:
        self.text = text
        self.secret_group = secret_group
        self.at = 0
        self.captures = 0

    def whole(self) -> str:
        """Return the whole pattern, translated."""
        body = self._branches(())
        if self.at < len(self.text):
            raise ValueError("a parenthesis too many")
        return body

    def _branches(self, flags: tuple[str, ...]) -> str:
        """Return alternatives up to the end of the group. `flags` are those in force, outermost first.

        A switch like `(?i)` holds to the end of its group in RE2, later alternatives included, so each of
        them is wrapped anew.
        """
        is_multiline = any("m" in flag.split("-")[0] for flag in flags)
        own: tuple[str, ...] = ()
        branches: list[str] = []
        parts: list[str] = []
        depth = 0
        while True:
            if self.at >= len(self.text) or self.text[self.at] in "|)":
                branches.append("".join(parts) + ")" * depth)
                if self.at >= len(self.text) or self.text[self.at] == ")":
                    return "|".join(branches)
                self.at += 1
                parts, depth = [f"(?{flag}:" for flag in own], len(own)
                continue
            switch = _OPEN.match(self.text, self.at)
            if switch and switch[3] == ")":
                self.at = switch.end()
                own += (self._flags(switch[2]),)
                is_multiline = is_multiline or "m" in switch[2].split("-")[0]
                parts.append(f"(?{own[-1]}:")
                depth += 1
                continue
            parts.append(self._repeated(self._atom(is_multiline, flags + own)))

    @staticmethod
    def _flags(flags: str) -> str:
        """Return `flags` when Python knows them all."""
        if "U" in flags:
            raise ValueError("flag U (repeats lazy by default) has no counterpart")
        if not flags:
            raise ValueError("an empty group of flags")
        return flags

    def _atom(self, is_multiline: bool, flags: tuple[str, ...]) -> str:
        """Return the next group, class, escape or character, translated."""
        char = self.text[self.at]
        if char == "(":
            return self._group(flags)
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == "$":
            return "$" if is_multiline else r"\Z"
        if char in "{}":
            return "\\" + char
        return char if char.isascii() else f"(?:{char})"

    def _group(self, flags: tuple[str, ...]) -> str:
        """Return the group that begins here, translated."""
        opened = _OPEN.match(self.text, self.at)
        if opened is None or (opened[0] == "(" and self.text.startswith("(?", self.at)):
            raise ValueError("a kind of group that RE2 does not have")
        self.at = opened.end()
        inner = flags
        if opened[3] == ":":
            head = f"(?{self._flags(opened[2])}:" if opened[2] else "(?:"
            inner += (opened[2],) if opened[2] else ()
        else:
            self.captures += 1
            head = "(?P<secret>" if self.captures == self.secret_group else "(?:"
        body = self._branches(inner)
        if self.at >= len(self.text):
            raise ValueError("a group is not closed")
        self.at += 1
        return f"{head}{body})"

    def _repeated(self, atom: str) -> str:
        """Return `atom` with the repeat that follows it, if any, bounded."""
        char = self.text[self.at : self.at + 1]
        count = _COUNT.match(self.text, self.at)
        if count:
            self.at = count.end()
            low = int(count[1])
            high = int(count[3]) if count[3] else low if not count[2] else max(low, LONGEST_REPEAT)
            atom += f"{{{low},{high}}}" if low != high else f"{{{low}}}"
        elif char and char in "*+?":
            self.at += 1
            atom += {"*": f"{{0,{LONGEST_REPEAT}}}", "+": f"{{1,{LONGEST_REPEAT}}}", "?": "?"}[char]
        else:
            return atom
        if self.text[self.at : self.at + 1] == "?":
            self.at += 1
            atom += "?"
        return atom

    def _escape(self) -> str:
        """Return the escape that begins here, outside of a class."""
        char = self.text[self.at + 1 : self.at + 2]
        if char == "z":
            self.at += 2
            return r"\Z"
        if char == "Q":
            end = self.text.find(r"\E", self.at)
            literal = self.text[self.at + 2 : end if end >= 0 else len(self.text)]
            self.at = end + 2 if end >= 0 else len(self.text)
            return re.escape(literal)
        return self._shared_escape()

    def _shared_escape(self) -> str:
        """Return the escape that begins here, of a kind that classes have too."""
        char = self.text[self.at + 1 : self.at + 2]
        number = _HEX.match(self.text, self.at)
        if number:
            self.at = number.end()
            value = int(number[1] or number[2], 16)
            if value > 0x7F:
                raise ValueError("a character beyond ASCII by number")
            return f"\\x{value:02x}"
        if not char or char in "pPCxQEzZ0123456789":
            raise ValueError(f"the escape \\{char} has no counterpart")
        if char.isalpha() and char not in _KEPT_ESCAPES:
            raise ValueError(f"the escape \\{char} is not RE2's")
        self.at += 2
        return "\\" + char

    def _class(self) -> str:
        """Return the character class that begins here."""
        self.at += 1
        parts = ["["]
        if self.text.startswith("^", self.at):
            parts.append("^")
            self.at += 1
        first = True
        while self.at < len(self.text) and (first or self.text[self.at] != "]"):
            parts.append(self._class_item())
            first = False
        if self.at >= len(self.text):
            raise ValueError("a class is not closed")
        self.at += 1
        return "".join(parts) + "]"

    def _class_item(self) -> str:
        """Return one item of a class: a named class, an escape or a character."""
        named = _POSIX_CLASS.match(self.text, self.at)
        if named:
            if named[1] or named[2] not in _POSIX:
                raise ValueError(f"the class {named[0]} has no counterpart")
            self.at = named.end()
            return _POSIX[named[2]]
        char = self.text[self.at]
        if char == "\\":
            return self._shared_escape()
        if not char.isascii():
            raise ValueError("a character beyond ASCII in a class")
        self.at += 1
        return "\\" + char if char in "[]&|~" else char
