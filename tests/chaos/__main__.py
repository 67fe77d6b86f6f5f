"""`python -m tests.chaos`: a full run, a table, and exit status 1 unless every call is in the log once and right."""

import argparse
import asyncio
import random
import shutil
import sys

from tests.chaos.monkey import plan
from tests.chaos.run import Outcome, Wish, run
from tests.lab.asterisk import AsteriskPbx


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long customers call")
    parser.add_argument("--rate", type=int, default=5, help="calls a second")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="by chance, and printed")
    parser.add_argument("--store", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--records", choices=("cel,cdr", "cdr"), default="cel,cdr", help="what the service may read")
    wish = parser.parse_args()
    records = tuple(wish.records.split(","))
    print(f"seed {wish.seed}, {wish.seconds} s, {wish.rate} calls/s, {wish.store}", flush=True)
    outcome = asyncio.run(
        _run(
            Wish(
                calls=wish.seconds * wish.rate,
                per_second=wish.rate,
                seed=wish.seed,
                store=wish.store,
                deeds=plan(wish.seed, wish.seconds, wish.store, records),
                thorough=True,
                records=records,
            )
        )
    )
    print(outcome.story)
    print(outcome.verdict.table())
    if outcome.verdict.good:
        shutil.rmtree(outcome.folder)
        return 0
    print(outcome.verdict.details())
    print(f"\nseed {wish.seed}; the service's log and the PBX's records are in {outcome.folder}")
    return 1


async def _run(wish: Wish) -> Outcome:
    async with AsteriskPbx() as pbx:
        return await run(wish, pbx)


if __name__ == "__main__":
    sys.exit(main())
