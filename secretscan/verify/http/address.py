"""Which addresses a verification request may go to: public ones, unless the user named the host."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

Resolver = Callable[[str, int], tuple[str, ...]]
"""Host and port to addresses. Raises `OSError` when the name is unknown."""


class AddressRefusedError(Exception):
    """The host resolves to an address that verification must not touch."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of `host`, as the system resolves them, each once."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(address: str) -> bool:
    """Whether the address is on the open Internet: not private, loopback, link-local, multicast, reserved.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as the IPv4 address it reaches.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def checked_addresses(
    host: str, port: int, resolver: Resolver, private_hosts: frozenset[str]
) -> tuple[str, ...]:
    """Return where to connect; raises `AddressRefusedError` if any of the host's addresses is not public.

    The caller connects to these very addresses, so that a second look-up cannot give another one.
    """
    addresses = resolver(host, port)
    if host.lower() not in private_hosts:
        refused = [address for address in addresses if not is_public(address)]
        if refused:
            raise AddressRefusedError(f"{host} has the private address {refused[0]}")
    return addresses


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address in the well-known prefix 64:ff9b::/96 (RFC 6052)."""
    if ip in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return None
