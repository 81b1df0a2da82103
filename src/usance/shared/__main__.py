"""`python -m usance.shared`: start or find the database and bring its tables up to date.

For set-ups where web and workers are started by something else than `usance up` (compose.yaml).
Prints the migrations applied; exit code 1, and why on stderr, when there is no database.
"""

import os
import sys
from pathlib import Path

from usance import engine


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usance.settings")
    try:
        cluster = engine.start(Path(os.environ.get("USANCE_HOME", "var")))
    except engine.EngineError as why:
        print(why, file=sys.stderr)
        return 1

    # Only now: the settings read where the database is when they are imported.
    import django

    django.setup()
    from usance.shared.schema import prepare

    for migration in prepare(cluster.owner_url):
        print(migration)
    return 0


if __name__ == "__main__":
    sys.exit(main())
