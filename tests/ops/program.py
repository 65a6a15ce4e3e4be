"""`leadlock worker` for tests of what is watched: the same process, that looks at itself more often. `python -m tests.ops.program`."""

from __future__ import annotations

from streams import app
from streams.cli import main
from streams.watching import live as metrics_live

if __name__ == "__main__":
    app.LOOK_EVERY_S, app.BEAT_EVERY_S = 0.5, 0.5
    metrics_live.FRESH_S = 1.5
    main(["worker"])
