"""Which accounts a network address may be of (rule 19: only ever to confirm or to suggest). The address itself is kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


class Networks:
    """Accounts by the networks that they list, in CIDR notation."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], dict[int, tuple[str, ...]]] = {}

    def clear(self) -> None:
        """Forget all of them."""
        self._held.clear()

    def add(self, account_id: str, networks: Iterable[str]) -> None:
        """Take in an account's networks."""
        for sort, bits in map(_parted, networks):
            held = self._held.setdefault(sort, {})
            held[bits] = tuple(sorted({*held.get(bits, ()), account_id}))

    def remove(self, account_id: str, networks: Iterable[str]) -> None:
        """Forget an account's networks."""
        for sort, bits in map(_parted, networks):
            held = self._held.get(sort, {})
            left = tuple(one for one in held.get(bits, ()) if one != account_id)
            if left:
                held[bits] = left
            elif held.pop(bits, None) is not None and not held:
                del self._held[sort]

    def of(self, address: str) -> tuple[str, ...]:
        """Ids of the accounts whose network an address is in, the narrowest network first; none for what is no address."""
        if not self._held:
            return ()
        try:
            ip = ip_address(address.strip())
        except ValueError:
            return ()
        whole = int(ip)
        found: list[str] = []
        for (version, length), held in sorted(self._held.items(), key=lambda one: -one[0][1]):
            if version == ip.version:
                found += held.get(whole >> (ip.max_prefixlen - length), ())
        return tuple(dict.fromkeys(found))


def _parted(network: str) -> tuple[tuple[int, int], int]:
    parsed = ip_network(network, strict=False)
    return (parsed.version, parsed.prefixlen), int(parsed.network_address) >> (parsed.max_prefixlen - parsed.prefixlen)
