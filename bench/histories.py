"""Random histories of a factor against its slow model: `python -m bench --histories 20 --seed 7`.

Each history is a book of its own, drawn by its seed: purchases, payments of every kind, credit
notes, returns, corrections, payouts, write-offs, days that end. After every `--every` steps each
balance by account, client, debtor and invoice must be that of tests/model/factor.py, and at the end
every promise about money is kept. What differs is printed with the seed that finds it again.
"""

import time
from collections import Counter

import click
import psycopg

from . import house


@click.command()
@click.option("--histories", default=10, show_default=True)
@click.option(
    "--seed", default=1, show_default=True, help="Of the first one; the next is one more."
)
@click.option("--steps", default=400, show_default=True, help="Of each.")
@click.option("--every", default=1, show_default=True, help="Steps between two comparisons.")
def main(histories: int, seed: int, steps: int, every: int) -> None:
    """Compare the books with the model."""
    wrong = 0
    with house.bare(durable=False) as (_, cluster):
        from tests import database
        from tests.model.history import Differs, History
        from tests.model.place import WORLDS

        told: Counter[str] = Counter()
        with psycopg.connect(cluster.superuser_url, autocommit=True) as superuser:
            for one in range(seed, seed + histories):
                database.empty(superuser)
                began, history = time.process_time(), None
                try:
                    history = History(one, WORLDS[one % len(WORLDS)], every=every)
                    history.run(steps)
                    says = "the books are the model's"
                except Differs as differs:
                    wrong, says = wrong + 1, f"DIFFERS: {differs}"
                except Exception as failure:  # What no step may end with: told with its seed.
                    wrong, says = wrong + 1, f"FAILED: {type(failure).__name__}: {failure}"
                told += history.counts if history else Counter()
                took = time.process_time() - began
                print(f"seed {one}: {steps} steps, {took:.1f} s of our core, {says}", flush=True)
    print(", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in told.most_common()))
    print(f"{histories} histories, {wrong} differ")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
