"""One source, many forms: the built pages as cards, as a book, as plain Markdown.

All of it is made from what the site shows: nothing here adds a word.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import genanki
from ebooklib import epub
from lxml import html

from acked.page import BARE, TITLES, Page, question, short_answer
from acked.project import Project
from acked.readers import ADDRESS

TITLE = "Acked: interview answers that have run"
ATOM = "http://www.w3.org/2005/Atom"
OLD = (1980, 1, 1, 0, 0, 0)  # a zip of the same files is the same zip
# What serves the reader of a site, and not of a book.
FURNITURE = "//a[@class='headerlink'] | //*[contains(@class, 'facts')] | //details[@id='record']"
CARD_STYLE = """
.card { font: 18px/1.5 sans-serif; max-width: 46rem; margin: 0 auto; text-align: left; }
h1 { font-size: 1.2em; } pre { overflow-x: auto; background: #8882; padding: .6em; }
.evidence { font-size: .7em; opacity: .8; } table { border-collapse: collapse; }
td, th { border: 1px solid #8886; padding: .2em .5em; }
svg { overflow: visible; } svg text { font: 12px sans-serif; }
rect, circle { fill: #9c9; } line, path { stroke: #888; fill: none; }
.killed :is(circle, rect), rect.killed { fill: #c66; }
"""


def number(name: str) -> int:
    """The same for the same name, for ever: Anki knows its own things by numbers."""
    return int(sha256(name.encode()).hexdigest()[:8], 16) | 1


class Chapter(epub.EpubHtml):  # type: ignore[misc]
    """Keeps what the HTML parser of the library takes from an SVG."""

    def get_content(self, default: str | None = None) -> bytes:
        text: bytes = super().get_content(default)
        text = text.replace(b" viewbox=", b" viewBox=")
        return text.replace(b"<svg role", b'<svg xmlns="http://www.w3.org/2000/svg" role')


@dataclass
class Forms:
    project: Project
    questions: list[Page]
    site: Path

    def write(self) -> None:
        self.write_markdown()
        self.write_deck()
        self.write_book()
        self.write_feed()
        self.write_offline()  # the last: it holds the others

    @cached_property
    def articles(self) -> dict[str, html.HtmlElement]:
        """Of each question what the built page says, without the furniture."""
        found = {}
        for page in self.questions:
            name = page.path.removesuffix(".md")
            built = html.parse(str(self.site / name / "index.html"))
            [article] = built.xpath("//article")
            for one in article.xpath(FURNITURE):
                one.drop_tree()
            for link in article.xpath("//article//a[@href]"):
                link.set("href", absolute(link.get("href"), name))
            found[name] = article
        return found

    # Markdown, for programs that read.

    def write_markdown(self) -> None:
        lines = [f"# {TITLE}", ""]
        lines += ["> Each code block ran, and printed what stands below it.", ""]
        for page in self.questions:
            file = self.site / page.path
            file.write_text(expanded(page))
            lines.append(f"- [{question(page)}]({page.path}): {short_answer(page)}")
        (self.site / "llms.txt").write_text("\n".join(lines) + "\n")

    # Cards, for Anki.

    def write_deck(self) -> None:
        fields = [{"name": name} for name in ("Question", "Short answer", "Answer")]
        back = "{{FrontSide}}<hr id=answer>{{Short answer}}<details><summary>Runs</summary>"
        template = {"name": "Card", "qfmt": "<h1>{{Question}}</h1>"}
        template["afmt"] = back + "{{Answer}}</details>"
        model = genanki.Model(number("acked model"), "Acked", fields, [template], css=CARD_STYLE)
        deck = genanki.Deck(number("acked deck"), "Acked")
        for page in self.questions:
            name = page.path.removesuffix(".md")
            article = self.articles[name]
            [short] = article.xpath(".//*[contains(@class, 'admonition abstract')]")
            words = inner(short.xpath("./p[not(contains(@class, 'title'))]"))
            rest = inner(one for one in article if one.tag != "h1" and one is not short)
            words, rest = elsewhere(words), elsewhere(rest)
            tags = [str(page.front["level"]), name.split("/")[0]]
            # The id, not the text, is what Anki goes by: an update keeps the progress.
            note = genanki.Note(model, [html_text(question(page)), words, rest], tags=tags)
            note.guid = genanki.guid_for("acked", name)
            deck.add_note(note)
        genanki.Package(deck).write_to_file(str(self.site / "acked.apkg"), timestamp=0)

    # A book, to read without a net.

    def write_book(self) -> None:
        book = epub.EpubBook()
        book.set_identifier("acked")
        book.set_title(TITLE)
        book.set_language("en")
        style = epub.EpubItem("style", "book.css", "text/css", CARD_STYLE.encode())
        book.add_item(style)
        contents = []
        for topic, title in TITLES.items():
            chapters = [self.chapter(page, style) for page in self.of(topic)]
            for chapter in chapters:
                book.add_item(chapter)
            if chapters:
                contents.append((epub.Section(title), chapters))
        book.toc = contents
        book.spine = ["nav", *(chapter for _, some in contents for chapter in some)]
        book.add_item(epub.EpubNcx())
        book.add_item(epub.EpubNav())
        epub.write_epub(self.site / "acked.epub", book)

    def of(self, topic: str) -> list[Page]:
        return [page for page in self.questions if page.path.startswith(f"{topic}/")]

    def chapter(self, page: Page, style: epub.EpubItem) -> epub.EpubHtml:
        name = page.path.removesuffix(".md")
        file = f"{name.replace('/', '-')}.xhtml"
        chapter = Chapter(title=question(page), file_name=file, lang="en")
        text = html.tostring(self.articles[name], encoding="unicode", method="xml")
        text = re.sub(r'href="/([a-z]+)/([-a-z]+)/(?=[#"])', r'href="\1-\2.xhtml', text)
        chapter.content = elsewhere(text)
        chapter.add_item(style)
        return chapter

    # What has changed, for feed readers.

    def write_feed(self) -> None:
        feed = ElementTree.Element("feed", xmlns=ATOM)
        dated = sorted(((self.changed(page), page) for page in self.questions), key=newest_first)
        add(feed, "title", TITLE)
        add(feed, "id", "urn:acked")
        add(feed, "updated", dated[0][0] if dated else "1970-01-01T00:00:00Z")
        add(add(feed, "author", ""), "name", "Acked")
        for when, page in dated:
            name = page.path.removesuffix(".md")
            entry = add(feed, "entry", "")
            add(entry, "title", question(page))
            add(entry, "id", f"urn:acked:{name}")
            add(entry, "updated", when)
            add(entry, "summary", short_answer(page))
            ElementTree.SubElement(entry, "link", href=f"{ADDRESS}/{name}/")
        ElementTree.ElementTree(feed).write(self.site / "feed.xml", "utf-8", xml_declaration=True)

    def changed(self, page: Page) -> str:
        """When its text was last changed: the commit, or the file if there is none."""
        command = ["git", "log", "-1", "--format=%cI", "--", f"docs/{page.path}"]
        done = subprocess.run(command, cwd=self.project.root, capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
        changed = (self.project.docs / page.path).stat().st_mtime
        return datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds")

    # The whole site, to be opened from a disk.

    def write_offline(self) -> None:
        target = self.site / "acked.zip"
        target.unlink(missing_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(self.site.rglob("*")):
                if file.is_file() and file != target:
                    data = file.read_bytes()
                    if file.suffix == ".html":
                        data = for_files(data.decode()).encode()
                    name = f"acked/{file.relative_to(self.site)}"
                    archive.writestr(zipfile.ZipInfo(name, OLD), data, zipfile.ZIP_DEFLATED)


def newest_first(dated: tuple[str, Page]) -> tuple[float, str]:
    return -datetime.fromisoformat(dated[0]).timestamp(), dated[1].path


def add(parent: ElementTree.Element, tag: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag)
    child.text = text or None
    return child


def absolute(href: str, name: str) -> str:
    """A link of a question page, from the root of the site."""
    if re.match(r"[a-z]+:", href):
        return href
    if href.startswith("#"):
        return f"/{name}/{href}"
    parts = name.split("/")
    while href.startswith("../"):
        href, parts = href[3:], parts[:-1]
    return "/" + "/".join([*parts, href])


def for_files(page: str) -> str:
    """Where a server would look for index.html, a file name must say it."""
    return re.sub(r'(href="(?![a-z]+:)[^"#]*?(?:/|(?<=["/])\.\.?))(?=["#])', index_named, page)


def index_named(match: re.Match[str]) -> str:
    return match[1] + ("" if match[1].endswith("/") else "/") + "index.html"


def elsewhere(text: str) -> str:
    """Links to the site lead there, or nowhere if nobody knows where it is."""
    if ADDRESS:
        return text.replace('href="/', f'href="{ADDRESS}/')
    return re.sub(r' href="/[^"]*"', "", text)


def html_text(words: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", words)


def inner(elements: object) -> str:
    parts = [html.tostring(one, encoding="unicode") for one in elements]  # type: ignore[attr-defined]
    return "".join(parts)


def expanded(page: Page) -> str:
    """The page's Markdown with all that it includes in place."""
    text = page.text.split("---\n", 2)[2].lstrip("\n")
    offset = page.text.count("\n") - text.count("\n")
    lines: list[str] = text.splitlines()
    out = io.StringIO()
    starts = {block.line - offset: block for block in page.blocks}
    number = 1
    while number <= len(lines):
        block = starts.get(number)
        if block is None:
            out.write(lines[number - 1] + "\n")
            number += 1
            continue
        code = "\n\n".join(shown.text.rstrip("\n") for shown in block.shown)
        if block.language == BARE:
            out.write(code + "\n")
        else:
            out.write(f"```{block.language}\n{code}\n```\n")
        number += block.end - block.line + 1
    return out.getvalue()
