"""A real browser, for what only a browser decides: which script runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from acked import suite
from acked.services.base import ServiceError

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium, headless, driven by playwright."""
    from playwright.sync_api import sync_playwright  # costs those who need none 0.1 s

    program = suite.find_chromium()
    if not program:
        raise ServiceError("chromium is missing; make setup")
    with sync_playwright() as playwright:
        # Root may not use Chromium's own sandbox; the run is in one already.
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--no-proxy-server"]
        )
        try:
            yield chromium
        finally:
            chromium.close()
