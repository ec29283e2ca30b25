"""The practice page: one card a question, all of it text of the question's own page."""

from __future__ import annotations

import posixpath
import re

import markdown

from acked.page import HEADINGS, TITLES, Page, question, short_answer, under


def cards(pages: list[Page]) -> list[str]:
    """A list of cards in the order of `pages`, as HTML that Markdown passes on."""
    inner = [line for page in pages if page.is_question for line in card(page)]
    return ['<div class="cards">', *inner, "</div>"]


def card(page: Page) -> list[str]:
    identity = page.path.removesuffix(".md")
    topic, level = identity.split("/")[0], page.front.get("level")
    lines = [
        f'<details class="card" data-topic="{topic}" data-level="{level}" data-id="{identity}">',
        f'<summary><span class="question">{inline(page, question(page))}</span> '
        f'<span class="facts"><b>{TITLES[topic]}</b> <span>{level}</span></span></summary>',
        f'<p class="answer">{inline(page, short_answer(page))}</p>',
        f'<p><a href="../{identity}/">Full answer and proof</a></p>',
    ]
    if following := follow_ups(page):
        lines.append(f'<p class="next">{HEADINGS[1]}</p>')
    for asked, answer in following:
        lines.append(
            f'<details class="follow-up"><summary>{inline(page, asked)}</summary>'
            f"<p>{inline(page, answer)}</p></details>"
        )
    return [*lines, "</details>"]


def follow_ups(page: Page) -> list[tuple[str, str]]:
    """What they ask next and its answer: each bullet begins with its question in bold."""
    bullets = re.split(r"^- ", under(page, HEADINGS[1]), flags=re.MULTILINE)[1:]
    found = [re.match(r"\*\*(.+?)\*\*\s+(.+)", " ".join(one.split())) for one in bullets]
    return [(match[1], match[2]) for match in found if match]


def inline(page: Page, text: str) -> str:
    """One paragraph as HTML; its links lead from the practice page, one folder deep."""

    def moved(link: re.Match[str]) -> str:
        target = posixpath.join(posixpath.dirname(page.path), link["path"])
        path = posixpath.normpath(target if link["path"] else page.path).removesuffix(".md")
        return f'<a href="../{path}/{link["anchor"]}"'

    rendered = markdown.markdown(text).removeprefix("<p>").removesuffix("</p>")
    # Python-Markdown writes no other <a; one in code is &lt;a.
    return re.sub(r'<a href="(?!\w+:)(?P<path>[^"#]*)(?P<anchor>[^"]*)"', moved, rendered)
