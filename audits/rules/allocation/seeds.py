"""Seeds that follow from a seed: what is drawn after a draw can be drawn again from the same beginning."""

import hashlib

LARGEST = 2**63 - 1


def derive(seed: int, *what: object) -> int:
    """A seed of its own for each thing that is drawn after a draw, from 0 to 2⁶³ − 1.

    `what` names the thing, for example `"replacement", 3`. The same seed and name give the same seed wherever and
    whenever it is asked; nobody chooses it.
    """
    text = repr((int(seed), *(str(part) for part in what)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) & LARGEST
