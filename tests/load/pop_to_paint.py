"""How long a pop takes within the browser, from the socket's message to the painted name: prints, asserts nothing.

`python -m tests.load.pop_to_paint`. The marks are set by a script in the page; the product has none.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, at_work, dock, make_sample_firm, sign_in, until

ANNA = "+49305550101"
CALLERS = ("+4917612345678", "+4915799900999", "03419988770")

MARKS = """
window.paints = [];
const waiting = new Map();
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  set onmessage(listener) {
    super.onmessage = event => {
      const message = JSON.parse(event.data);
      const id = message.type === "pop" && message.pop.state === "offered" && message.pop.call.id;
      if (id && !waiting.has(id)) waiting.set(id, performance.mark("received").startTime);
      listener?.(event);
    };
  }
  get onmessage() { return super.onmessage; }
};
let shown = "";
new MutationObserver(() => {
  const card = document.querySelector("article[data-state=offered]");
  const name = card?.querySelector("[data-testid=pop-name]")?.textContent ?? "";
  if (!name || name === shown) return;
  shown = name;
  const begin = [...waiting.values()].at(-1);
  // The frame in which it is drawn has ended when the next one begins.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    window.paints.push(performance.mark("painted").startTime - begin);
  }));
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


async def measure(calls: int) -> list[float]:
    """Milliseconds of each call's pop."""
    with tempfile.TemporaryDirectory() as folder:
        await make_sample_firm(Path(folder))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            async with at_work(Path(folder), browser) as office:
                context = await office.browser_of()
                await context.add_init_script(MARKS)
                page = await office.page_in(context)
                await sign_in(page, "anna")
                for number in range(calls):
                    call = await office.pbx.incoming(CALLERS[number % len(CALLERS)], did=ANNA)
                    await call.ring()
                    await until(page, f"paints.length > {number}")
                    await call.hang_up("caller")
                    await dock(page).get_by_role("button", name="Close").click()
                    await dock(page).wait_for(state="detached")
                paints: list[float] = await page.evaluate("paints")
            await browser.close()
    return paints


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=60)
    paints = sorted(asyncio.run(measure(parser.parse_args().calls)))
    ninety_five = paints[round(0.95 * (len(paints) - 1))]
    print(
        f"pop to paint, {len(paints)} calls: median {statistics.median(paints):.0f} ms, "
        f"95 % {ninety_five:.0f} ms, longest {paints[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
