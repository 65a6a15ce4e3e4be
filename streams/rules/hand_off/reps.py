"""Who takes over from a rep who is no longer there (rule 8)."""

from __future__ import annotations

from streams.directory.directory import Directory, Rep
from streams.routing.people import present, stand_in
from streams.rules.world import World


def heir(name: str, directory: Directory, at: int) -> tuple[str, str]:
    """(who takes over from a rep who left, by which rule): the successor, or a successor's successor, else the manager, else nobody."""
    there, rule = stand_in(name, directory, at)
    return (there, rule) if there else ("", "left")


def takes(name: str, directory: Directory, at: int) -> bool:
    """Whether somebody is named and there, so that they can be handed something. One that the directory does not know is taken at the
    CRM's word."""
    return bool(name) and present(name, directory, at)


def know(world: World, rep: Rep) -> None:
    """Put the rep into the directory."""
    world.facts.append(world.directory.put_rep(rep))
