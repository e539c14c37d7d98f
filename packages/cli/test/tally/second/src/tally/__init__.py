"""Counts votes for names."""

import json


class Tally:
    """Votes by name."""

    def __init__(self) -> None:
        self._votes: dict[str, int] = {}

    def add(self, name: str, votes: int = 1) -> int:
        """Add votes to a name; raises ValueError if there are none to add."""
        if votes < 1:
            raise ValueError("votes must be positive")
        self._votes[name] = self._votes.get(name, 0) + votes
        return self._votes[name]

    def votes(self, name: str) -> int:
        """The votes of a name."""
        return self._votes.get(name, 0)

    def ranking(self) -> list[tuple[str, int]]:
        """Names with their votes, most votes first."""
        return sorted(self._votes.items(), key=lambda item: (-item[1], item[0]))


def normalise(name: str) -> str:
    """A name without what does not matter."""
    return name.strip().casefold()


def merge(left: dict[str, int], right: dict[str, int]) -> dict[str, int]:
    """The votes of two counts together."""
    return {name: left.get(name, 0) + right.get(name, 0) for name in {**left, **right}}


def encode(counts: dict[str, int]) -> str:
    """Counts as text."""
    return json.dumps(counts)


def decode(text: str) -> dict[str, int]:
    """Counts from text; raises ValueError if it was not written by `encode`."""
    try:
        counts = json.loads(text)
    except RecursionError:
        counts = None
    if not isinstance(counts, dict) or not all(
        isinstance(votes, int) and not isinstance(votes, bool)
        for votes in counts.values()
    ):
        raise ValueError("the text holds no counts")
    return counts
