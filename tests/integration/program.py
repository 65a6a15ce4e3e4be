"""`leadlock worker` for tests: the same process, but impatient with what a crash left behind, and patient with a slow machine.

`python -m tests.integration.program`, settings from the environment.
"""

from __future__ import annotations

from functools import partial

from streams import app
from streams.cli import main
from streams.feed.feed import Feed

# Ten seconds are polite to a neighbour that is about to publish its own entries; with neighbours that are dead it only costs time.
SWEEP_OLDER_S, SWEEP_EVERY_S = 1.0, 0.3
# Order is what these tests compare: under load the first fetch may take longer than the usual 200 ms.
MAX_WAIT = 20_000_000

if __name__ == "__main__":
    app.SWEEP_OLDER_S, app.SWEEP_EVERY_S = SWEEP_OLDER_S, SWEEP_EVERY_S
    vars(app)["Feed"] = partial(Feed, max_wait=MAX_WAIT)
    main(["worker"])
