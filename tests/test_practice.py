"""The practice page of the built site, in a real browser; see built_site.py."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import AXE, QUESTIONS, ROOT, Visit, too_wide
from playwright.sync_api import Browser, Page, Route, expect

from acked.page import Page as Text
from acked.practice import cards

KEY = "acked.practice"
SCRIPT = ROOT / "docs/assets/practice.js"
LOST = "Progress is not kept"
BROKEN = {
    "no JSON": "{",
    "an array": "[]",
    "null": "null",
    "a card array": '{"version": 1, "cards": []}',
    "version 0": '{"version": 0, "cards": {}}',
    "box 99": '{"version": 1, "cards": {"a/b": {"box": 99, "due": "2026-11-23"}}}',
    "no day": '{"version": 1, "cards": {"a/b": {"box": 1, "due": "2026-99-99"}}}',
    "no card": '{"version": 1, "cards": {"a/b": null}}',
}
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("blocked", "SecurityError") }
})"""


def practice(visit: Visit, fragment: str = "") -> Page:
    return visit.open("practice/" + fragment)


def seen(page: Page) -> list[str]:
    """The cards that take up room on the screen, whatever their attributes say."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll(".card")]
        .filter(card => card.getBoundingClientRect().height > 0).map(card => card.dataset.id)"""
    )
    return found


def press(page: Page, name: str) -> None:
    page.locator("article").get_by_role("button", name=name, exact=True).click()


def stored(page: Page) -> Any:
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "null")


def clean(visit: Visit) -> bool:
    return (visit.errors, visit.strangers) == ([], [])


def test_cards_repeat_their_page() -> None:
    text = '# Why `a_b`?\n\n!!! abstract "Short answer"\n\n    Use `<b>`,\n    *now*.\n\n'
    text += "## What they ask next\n\n- **Is `x` it?** See [y](#z),\n  [w](../redis/w.md#v).\n\n"
    text += "## Sources\n"
    page = Text("celery/why.md", text, {"level": "senior"})
    made = "\n".join(cards([Text("index.md", "# Home\n"), page]))
    assert 'data-topic="celery" data-level="senior" data-id="celery/why"' in made
    assert "Why <code>a_b</code>?" in made
    assert "Use <code>&lt;b&gt;</code>, <em>now</em>." in made
    assert "<summary>Is <code>x</code> it?</summary>" in made
    assert 'href="../celery/why/#z"' in made and 'href="../redis/w/#v"' in made
    assert "Home" not in made


def test_one_card_a_question_in_the_order_of_the_navigation(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        assert [f"{one}/" for one in seen(practice(visit))] == QUESTIONS


def test_each_link_of_a_card_leads_somewhere(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        links = page.locator(".card a").evaluate_all("all => all.map(a => a.href)")
        here = page.url
        for url in sorted({urldefrag(urljoin(here, link))[0] for link in links}):
            if not url.startswith(site):
                continue
            page = visit.open(url.removeprefix(site))
            names = set(page.locator("[id]").evaluate_all("all => all.map(one => one.id)"))
            wanted = {urldefrag(link)[1] for link in links if urldefrag(link)[0] == url}
            assert {unquote(one) for one in wanted} - {""} <= names, url


def test_without_javascript(site: str, browser: Browser) -> None:
    with Visit(browser, site, 375, java_script_enabled=False) as visit:
        page = practice(visit)
        expect(page.locator(".card")).to_have_count(len(QUESTIONS))
        card = page.locator(".card").first
        expect(card.locator(".answer")).to_be_hidden()
        card.locator("summary").first.click()
        expect(card.locator(".answer")).to_be_visible()
        card.locator(".follow-up summary").first.click()
        expect(card.locator(".follow-up p").first).to_be_visible()
        assert page.locator("article :is(button, dialog):visible").count() == 0
        assert not too_wide(page)


def test_filter_by_topics_levels_and_day(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        every = seen(page)
        level = {
            card.get_attribute("data-id"): card.get_attribute("data-level")
            for card in page.locator(".card").all()
        }
        press(page, "Redis")
        press(page, "Celery")
        two = [one for one in every if one.split("/")[0] in ("redis", "celery")]
        assert seen(page) == two
        press(page, "Senior")
        press(page, "Junior")
        chosen = [one for one in two if level[one] in ("senior", "junior")]
        assert seen(page) == chosen
        expect(page.locator(".tally")).to_contain_text(f"{len(chosen)} of {len(every)} cards")
        expect(page.get_by_role("button", name="Redis")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("j")
        page.keyboard.press("2")
        press(page, "Due today")
        assert seen(page) == chosen[1:]
        for name in ("Redis", "Celery", "Senior", "Junior", "Due today"):
            press(page, name)
        assert seen(page) == every
        assert clean(visit)


def test_shuffle_keeps_all_and_close_all_closes(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        before = seen(page)
        press(page, "Shuffle")
        assert seen(page) != before and sorted(seen(page)) == sorted(before)
        for card in page.locator(".card > summary").all()[:3]:
            card.click()
        assert page.locator(".card[open]").count() == 3
        press(page, "Close all")
        assert page.locator(".card[open]").count() == 0


def test_keys_mark_and_the_marks_stay(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        first, second = seen(page)[:2]
        page.keyboard.press("2")  # no card has the focus
        assert stored(page) is None
        for key in "jjk1j2":
            page.keyboard.press(key)
        boxes = {name: card["box"] for name, card in stored(page)["cards"].items()}
        assert boxes == {first: 1, second: 2}
        page.keyboard.press("2")  # once a day
        assert stored(page)["cards"][second]["box"] == 2
        page.keyboard.press("Enter")
        assert page.locator(".card[open]").get_attribute("data-id") == second
        page.reload()
        state = page.locator(".state")
        expect(state.nth(0)).to_have_text("↻ again, back today")
        expect(state.nth(1)).to_contain_text("✓ knew it, back ")
        expect(page.locator(".tally")).to_contain_text("1 knew it · 1 again")
        assert clean(visit)


def test_boxes_rise_and_the_card_comes_back_on_its_day(site: str, browser: Browser) -> None:
    with Visit(browser, site, timezone_id="Pacific/Auckland") as visit:
        page = visit.page
        page.clock.install(time="2026-11-30T20:00:00Z")  # 1 December in Auckland
        days = []
        for date in ("2026-11-30", "2026-12-01", "2026-12-04", "2026-12-11", "2026-12-27"):
            page.clock.set_system_time(f"{date}T20:00:00Z")
            practice(visit, "?")
            page.keyboard.press("j")
            page.keyboard.press("2")
            days.append(tuple(next(iter(stored(page)["cards"].values())).values()))
        assert days == [
            (2, "2026-12-02"),
            (3, "2026-12-05"),
            (4, "2026-12-12"),
            (5, "2026-12-28"),
            (5, "2027-01-13"),
        ]


def test_keys_are_ignored_while_typing_and_with_modifiers(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        page.keyboard.press("j")
        page.keyboard.press("Control+1")
        page.keyboard.press("Alt+2")
        assert stored(page) is None
        page.get_by_role("textbox", name="Search").click()
        page.keyboard.type("12jk? שלום مرحبا <b>")
        assert stored(page) is None
        expect(page.locator(".help")).to_be_hidden()
        expect(page.get_by_role("textbox", name="Search")).to_have_value("12jk? שלום مرحبا <b>")
        page.keyboard.press("Escape")
        assert len(seen(page)) == len(QUESTIONS)
        assert clean(visit)


def test_help_opens_and_escape_closes_it(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        page.keyboard.press("?")
        expect(page.locator(".help")).to_be_visible()
        page.get_by_label("Use single keys").uncheck()
        page.keyboard.press("Escape")
        expect(page.locator(".help")).to_be_hidden()
        page.keyboard.press("?")
        expect(page.locator(".help")).to_be_hidden()


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_progress_breaks_nothing(site: str, browser: Browser, text: str) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
        page.reload()
        expect(page.locator(".lost")).to_contain_text(LOST)
        page.keyboard.press("j")
        page.keyboard.press("2")  # counts as long as the page lives
        expect(page.locator(".tally")).to_contain_text("1 knew it")
        assert page.evaluate(f"localStorage.getItem('{KEY}')") == text
        press(page, "Delete progress")
        press(page, "Delete")
        expect(page.locator(".lost")).to_be_hidden()
        page.keyboard.press("j")
        page.keyboard.press("2")
        page.reload()
        expect(page.locator(".tally")).to_contain_text("1 knew it")
        assert clean(visit)


def test_blocked_storage_breaks_nothing(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        visit.page.add_init_script(BLOCKED)
        # The theme itself stumbles over blocked storage; what counts is that we do not.
        page = practice(visit)
        expect(page.locator(".lost")).to_contain_text(LOST)
        page.keyboard.press("j")
        page.keyboard.press("1")
        expect(page.locator(".tally")).to_contain_text("1 again")
        press(page, "Delete progress")
        press(page, "Delete")
        expect(page.locator(".tally")).to_contain_text("0 again")
        assert not [error for error in visit.errors if "practice.js" in error]


def test_delete_asks_first_and_really_deletes(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        page.keyboard.press("j")
        page.keyboard.press("2")
        press(page, "Delete progress")
        press(page, "Keep them")
        assert stored(page)
        press(page, "Delete progress")
        page.keyboard.press("Escape")
        assert stored(page)
        press(page, "Delete progress")
        press(page, "Delete")
        expect(page.locator(".tally")).to_contain_text("0 knew it")
        assert stored(page) is None
        expect(page.locator(".state").first).to_have_text("")


def test_export_is_valid_json(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        page.keyboard.press("j")
        page.keyboard.press("2")
        with page.expect_download() as download:
            press(page, "Export progress")
        assert download.value.suggested_filename == "acked-practice.json"
        assert json.loads(Path(download.value.path()).read_text()) == stored(page)
        assert clean(visit)


def test_mock_interview_from_start_to_print(site: str, browser: Browser) -> None:
    with Visit(browser, site, color_scheme="dark") as visit:
        visit.page.clock.install(time="2026-11-23T08:00:00Z")
        page = practice(visit)
        page.clock.pause_at("2026-11-23T09:00:00Z")
        press(page, "Redis")
        press(page, "5 questions")
        asked = []
        for number in range(1, 6):
            expect(page.locator(".place")).to_have_text(f"Question {number} of 5")
            [one] = seen(page)
            asked.append(one)
            card = page.locator(f"[data-id='{one}']")
            expect(card.locator(".answer")).to_be_hidden()
            press(page, "Reveal")
            expect(card.locator(".answer")).to_be_visible()
            card.locator(".follow-up summary").first.click()
            expect(card.locator(".follow-up p").first).to_be_visible()
            page.clock.run_for(61_000)
            expect(page.locator(".clock")).to_have_text(f"00:0{number}:0{number}")
            if number < 5:
                page.keyboard.press("1")
            else:
                card.get_by_role("button", name="Knew it").click()
        assert len(set(asked)) == 5 and all(one.startswith("redis/") for one in asked)
        assert seen(page) == []
        page.keyboard.press("2")  # marks nothing any more
        expect(page.locator(".sum")).to_contain_text("1 of 5 known · 00:05:05")
        items = page.locator(".report li")
        expect(items).to_have_count(5)
        for one, item in zip(asked, items.all(), strict=True):
            assert item.locator("a").get_attribute("href") == f"{site}{one}/"
        expect(items.first).to_contain_text("↻ again · 00:01:01")
        expect(items.last).to_contain_text("✓ knew it · 00:01:01")
        assert sorted(stored(page)["cards"]) == sorted(asked)
        page.evaluate("window.print = () => document.title = 'printed'")
        press(page, "Print")
        assert page.title() == "printed"
        page.emulate_media(media="print")
        for hidden in ("h1", ".controls", ".cards", ".round", ".report button >> nth=0"):
            expect(page.locator(hidden)).to_be_hidden()
        expect(page.locator(".report")).to_be_visible()
        for printed in (items.first, items.first.locator("a")):
            ink = printed.evaluate("one => getComputedStyle(one).color")
            assert ink == "rgb(0, 0, 0)"
        page.emulate_media(media="screen")
        press(page, "Back to the cards")
        assert len(seen(page)) == sum(one.startswith("redis/") for one in QUESTIONS)
        assert clean(visit)


def test_mock_interview_can_end_early(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit)
        press(page, "20 questions")
        press(page, "End here")
        assert len(seen(page)) == len(QUESTIONS)
        press(page, "20 questions")
        page.keyboard.press("2")
        press(page, "End here")
        expect(page.locator(".report li")).to_have_count(1)
        assert clean(visit)


def test_hash_opens_its_card(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = practice(visit, "#celery/worker-crash")
        opened = page.locator(".card[open]")
        expect(opened).to_have_attribute("data-id", "celery/worker-crash")
        expect(opened.locator("summary").first).to_be_in_viewport()
        page.evaluate("location.hash = 'redis/orm'")
        page.evaluate("location.hash = '%E0%A4%A'")
        assert opened.count() == 1
        assert clean(visit)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_everybody_can_use_it(site: str, browser: Browser, scheme: Any, width: int) -> None:
    with Visit(browser, site, width, color_scheme=scheme) as visit:
        page = practice(visit)

        def look() -> None:
            page.wait_for_timeout(300)  # the theme fades
            faults = Axe().run(page, options=AXE).response["violations"]
            assert not [(f["id"], node["target"]) for f in faults for node in f["nodes"]]
            assert not too_wide(page)

        for key in "j1j2":
            page.keyboard.press(key)
        page.evaluate(
            "[...document.querySelectorAll('details')].slice(0, 24).forEach(d => d.open = true)"
        )
        press(page, "Django")
        look()
        page.keyboard.press("?")
        look()
        page.keyboard.press("Escape")
        press(page, "5 questions")
        press(page, "Reveal")
        look()
        for key in "12121":
            page.keyboard.press(key)
        look()
        assert clean(visit)


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_fits_and_can_be_hit(site: str, browser: Browser, width: int) -> None:
    with Visit(browser, site, width) as visit:
        page = practice(visit)
        page.evaluate("document.querySelectorAll('.card').forEach(card => card.open = true)")
        assert not too_wide(page)
        for target in page.locator("article :is(button, summary):visible").all():
            box = target.bounding_box()
            assert box and box["height"] >= 24 and box["width"] >= 24, target.inner_text()


def test_under_a_strict_policy(site: str, browser: Browser) -> None:
    """The theme's inline scripts are blocked then; the page must not need one."""
    with Visit(browser, site) as visit:

        def with_policy(route: Route) -> None:
            answer = route.fetch()
            policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
            headers = {**answer.headers, "content-security-policy": policy}
            route.fulfill(response=answer, headers=headers)

        visit.context.route("**/practice/", with_policy)
        page = practice(visit)
        press(page, "Celery")
        assert all(one.startswith("celery/") for one in seen(page))
        press(page, "5 questions")
        for key in "12121":
            page.keyboard.press(key)
        press(page, "Back to the cards")
        with page.expect_download():
            press(page, "Export progress")
        attributes = "article :is([style], [onclick], [onload])"
        assert page.locator(attributes).count() == 0


def test_is_small_and_loaded_here_only(site: str, browser: Browser) -> None:
    assert len(gzip.compress(SCRIPT.read_bytes())) <= 3 * 1024
    with Visit(browser, site) as visit:
        visit.open(QUESTIONS[0])
        assert not [url for url in visit.asked_for if "practice." in url]
        practice(visit)
        assert len([url for url in visit.asked_for if "practice." in url]) == 2
