"""Which dead letters have been replayed: the committed offset, and what lies beyond it, in the metadata of the same commit.

Letters are not always replayed in order (one topic first, one that names no topic left), so an offset alone cannot tell. Kafka keeps up
to 4,096 bytes of metadata with a committed offset (broker setting `offset.metadata.max.bytes`).
"""

from __future__ import annotations

from streams.errors import LeadlockError

MOST = 4096


class Done:
    """One partition's replayed offsets: everything below `offset`, and the offsets of `ranges` (first, last), ascending and apart."""

    def __init__(self, offset: int, metadata: str = "") -> None:
        self.offset = max(offset, 0)
        self.ranges = [_range(part) for part in metadata.split(",") if part]

    def __contains__(self, offset: int) -> bool:
        return offset < self.offset or any(first <= offset <= last for first, last in self.ranges)

    def add(self, offset: int) -> None:
        """Note one more."""
        if offset in self:
            return
        joined: list[tuple[int, int]] = []
        for first, last in sorted([*self.ranges, (offset, offset)]):
            if joined and first == joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        if joined[0][0] == self.offset:
            self.offset = joined.pop(0)[1] + 1
        self.ranges = joined

    def forget_below(self, offset: int) -> None:
        """The topic no longer has what is below `offset`."""
        if offset > self.offset:
            self.offset = offset
            self.ranges = [(max(first, offset), last) for first, last in self.ranges if last >= offset]
            if self.ranges and self.ranges[0][0] == self.offset:
                self.offset = self.ranges.pop(0)[1] + 1

    def metadata(self) -> str:
        """The ranges for the commit. Raises LeadlockError when there are more than Kafka keeps."""
        text = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.ranges)
        if len(text) > MOST:
            scattered = f"what was replayed is scattered over {len(self.ranges)} places of a partition"
            raise LeadlockError(problem=f"{scattered}, more than Kafka can note; nearest: a run without --topic")
        return text


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    try:
        return int(first), int(last or first)
    except ValueError as error:
        problem = f"the consumer group's metadata has {text!r} where offsets are needed: another program uses this group; nearest: --all"
        raise LeadlockError(problem=problem) from error
