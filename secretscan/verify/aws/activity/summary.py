"""From events to what a responder reads first: denied calls, and calls from addresses not seen before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from secretscan.verify.aws.activity.event import Event


@dataclass(frozen=True, slots=True)
class Row:
    """Calls of one action from one address with one outcome."""

    service: str
    action: str
    address: str
    error: str
    count: int
    first: str
    last: str
    regions: tuple[str, ...]
    new_address: bool
    """Whether the address was not seen with this key before the exposure."""
    denied: bool


@dataclass(frozen=True, slots=True)
class Address:
    """A source of calls."""

    address: str
    count: int
    first: str
    last: str
    new: bool
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The calls since the exposure. Rows with denied calls and new addresses come first."""

    calls: int
    denied: int
    from_new_addresses: int
    compared_with: int
    """Calls before the exposure that the addresses were compared with; 0: every address counts as new."""
    principals: tuple[str, ...]
    rows: tuple[Row, ...]
    addresses: tuple[Address, ...]


def summarise(events: Sequence[Event], since: str) -> Summary:
    """Return the summary of the events from `since` on (RFC 3339); earlier ones tell which addresses are known."""
    before = [event for event in events if event.time < since]
    known = {event.address for event in before}
    after = [event for event in events if event.time >= since]
    rows = [_row(group, known) for group in _grouped(after, _row_key)]
    addresses = [_address(group, known) for group in _grouped(after, lambda event: (event.address,))]
    return Summary(
        calls=len(after),
        denied=sum(event.is_denied for event in after),
        from_new_addresses=sum(event.address not in known for event in after),
        compared_with=len(before),
        principals=tuple(sorted({event.principal for event in after} - {""})),
        rows=tuple(
            sorted(rows, key=lambda row: (-(row.denied + row.new_address), -row.count, _row_order(row)))
        ),
        addresses=tuple(sorted(addresses, key=lambda one: (not one.new, -one.count, one.address))),
    )


def _row_key(event: Event) -> tuple[str, ...]:
    return (event.service, event.action, event.address, event.error)


def _row_order(row: Row) -> tuple[str, ...]:
    return (row.service, row.action, row.address, row.error)


def _grouped(events: Iterable[Event], key: Callable[[Event], tuple[str, ...]]) -> Iterable[list[Event]]:
    groups: dict[tuple[str, ...], list[Event]] = {}
    for event in events:
        groups.setdefault(key(event), []).append(event)
    return groups.values()


def _row(events: list[Event], known: set[str]) -> Row:
    one = events[0]
    times = sorted(event.time for event in events)
    return Row(
        service=one.service,
        action=one.action,
        address=one.address,
        error=one.error,
        count=len(events),
        first=times[0],
        last=times[-1],
        regions=tuple(sorted({event.region for event in events})),
        new_address=one.address not in known,
        denied=one.is_denied,
    )


def _address(events: list[Event], known: set[str]) -> Address:
    times = sorted(event.time for event in events)
    return Address(
        address=events[0].address,
        count=len(events),
        first=times[0],
        last=times[-1],
        new=events[0].address not in known,
        agents=tuple(sorted({event.agent for event in events} - {""})),
    )
