"""`Secret`: the only carrier of a credential's plaintext."""

from __future__ import annotations

from typing import Never


class Secret:
    """Plaintext of a matched credential. Only `reveal()` returns it.

    A plain class and not a dataclass, so that `dataclasses.asdict`, `repr`, pytest's comparisons and `json`
    cannot copy the plaintext out. Equal and hashable by value, so that findings can be grouped.
    """

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        """Keep `value`, the exact bytes of the credential."""
        self.__value = value

    def reveal(self) -> bytes:
        """Return the plaintext. Callers are few: fingerprinting, redaction, verification."""
        return self.__value

    def __len__(self) -> int:
        """Length in bytes."""
        return len(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.__value == other.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __repr__(self) -> str:
        return f"Secret(<{len(self.__value)} bytes>)"

    def __reduce__(self) -> tuple[type[Secret], tuple[bytes]]:
        """Allow the pipe between our own worker processes; nothing else pickles findings."""
        return (Secret, (self.__value,))

    def __format__(self, spec: str) -> Never:
        raise TypeError("a Secret cannot be formatted; redact it first")
