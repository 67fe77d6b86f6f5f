"""`make screenshots`: a picture of each screen in each look, and a page to view them side by side. Look at them."""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import aclosing
from html import escape
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, at_work, make_sample_firm
from tests.browser.screens import LOOKS, SCREENS, Screen, looked_at


async def main(target: Path, screens: Sequence[Screen]) -> None:
    """Take the pictures of these screens."""
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample"
        sample.mkdir()
        await make_sample_firm(sample)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for one in screens:
                place = Path(folder) / one.name
                shutil.copytree(sample, place)
                async with (
                    at_work(place, browser, dict(one.rules)) as office,
                    aclosing(looked_at(office, one)) as looks,
                ):
                    async for look, page in looks:
                        await page.screenshot(path=target / f"{one.name}.{look.name}.png")
                print(one.name, flush=True)
            await browser.close()
    (target / "index.html").write_text(_index(screens), encoding="utf-8")
    print(f"Look at {target / 'index.html'}")


def _index(screens: Sequence[Screen]) -> str:
    figures = "\n".join(
        f"<section><h2>{escape(one.name)}</h2>"
        + "".join(
            f'<figure><img loading="lazy" src="{one.name}.{look.name}.png" alt=""><figcaption>{look.name}</figcaption>'
            "</figure>"
            for look in LOOKS
        )
        + "</section>"
        for one in screens
    )
    style = "section{display:flex;gap:1rem;align-items:start;flex-wrap:wrap}h2{width:100%}img{max-width:40rem}"
    return f'<!doctype html><meta charset="utf-8"><title>Screens</title><style>{style}</style>{figures}'


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--only", default="", help="part of a screen's name")
    given = parser.parse_args()
    given.target.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in SCREENS if given.only in one.name]
    asyncio.run(main(given.target, wanted))
    index = given.target / "index.html"
    index.write_text(_index(wanted), encoding="utf-8")
    print(f"Look at {index}")
