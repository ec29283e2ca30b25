"""From an edit under `make serve` to the proof, and to the page in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, Page

from acked.services import browser, free_port, wait_until


def reload_times(project: Path, snippet: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round."""
    address = f"127.0.0.1:{free_port()}"
    env = {**os.environ, "ACKED_ROOT": str(project), "ACKED_ADDRESS": address}
    argv = [sys.executable, "-m", "acked.cli", "serve"]
    proof = project / f".proofs/forky/{snippet.relative_to(project / 'snippets')}.json"
    times: dict[str, list[float]] = {"edit to proof": [], "edit to page": []}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(argv, env=env, stdout=quiet, stderr=quiet) as server:
        try:
            with browser() as chromium:
                page = chromium.new_page()
                url = f"http://{address}/redis/{snippet.parent.name}/"
                wait_until(lambda: reached(page, url), 60, "the first page")
                wait_until(
                    lambda: "✓ ran with" in article(page) and "unproven" not in article(page),
                    120,
                    "all proofs",
                )
                for _ in range(rounds):
                    for name, seconds in once(page, snippet, proof).items():
                        times[name].append(seconds)
        finally:
            server.terminate()
    return times


def reached(page: object, url: str) -> bool:
    try:
        return bool(page.goto(url))  # type: ignore[attr-defined]
    except Exception:
        return False


def once(page: Page, snippet: Path, proof: Path) -> dict[str, float]:
    seen, proven = article(page), proof.read_bytes()
    began = time.perf_counter()
    with snippet.open("a") as stream:
        stream.write(f"# {time.time_ns()}\n")
    wait_until(lambda: proof.exists() and proof.read_bytes() != proven, 60, "the proof")
    to_proof = time.perf_counter() - began
    wait_until(lambda: is_proven(now := article(page)) and now != seen, 60, "the page")
    return {"edit to proof": to_proof, "edit to page": time.perf_counter() - began}


def is_proven(text: str) -> bool:
    return "✓ ran with" in text and "unproven" not in text


def article(page: Page) -> str:
    """With the digest of each snippet; empty while the page loads anew."""
    try:
        return page.locator("article").inner_html(timeout=200)
    except Error:
        return ""
