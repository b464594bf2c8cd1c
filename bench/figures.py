"""One JSON line per figure, the same for every benchmark."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence


def say(name: str, value: float, unit: str, *, peer: float | None = None, note: str = "") -> None:
    """Print a figure; ``ratio`` is ours by the peer's, measured in the same run."""
    figure: dict[str, object] = {"name": name, "value": round(value, 3), "unit": unit}
    figure["peer"] = None if peer is None else round(peer, 3)
    figure["ratio"] = None if not peer else round(value / peer, 2)
    if note:
        figure["note"] = note
    print(json.dumps(figure), flush=True)


def tell(line: str) -> None:
    """Progress, beside the figures."""
    print(line, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], per_cent: float) -> float:
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=1000, method="inclusive")[int(per_cent * 10) - 1]
