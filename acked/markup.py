"""What a page may hold in its own words: what Markdown makes of plain text.

All else could show code that did not run, hide what did, or forge its evidence:
raw HTML, attributes, pictures, comments, tables that no run printed.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from acked.snippet import misleading

TAGS = {"h1", "h2", "h3", "h4", "p", "em", "strong", "code", "ul", "ol", "li", "blockquote"}
TAGS |= {"a", "br", "hr", "div"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
ADMONITION = re.compile(r"admonition( [a-z]+)?|admonition-title")
LINK = re.compile(r"https?://|[#.\w][^:]*$")
MARK = re.compile(r" acked:[a-z]+ ")
ENTITIES = {"lt", "gt", "amp", "quot"}


class Markup(HTMLParser):
    """Finds in a rendered page what its writer may not put there."""

    def __init__(self, tables: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.tags = TAGS | TABLE if tables else TAGS
        self.code: list[str] = []
        """The first lines of code blocks."""
        self.found: list[tuple[str, str]] = []
        """What it is, and a pattern that finds it in the page's source."""
        self.anchors: set[str] = set()
        """What a link may name: the headings."""
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._in_code = True
            self.code.append("")
            return
        if tag not in self.tags:
            self.found.append((f"<{tag}>", rf"(?i)<\s*{re.escape(tag)}"))
        for name, value in attrs:
            if not self._plain(tag, name, value or ""):
                self.found.append((f"{name}={value!r}", f"(?i){re.escape(value or name)}"))

    def _plain(self, tag: str, name: str, value: str) -> bool:
        match name:
            case "href":
                return tag == "a" and LINK.match(value) is not None
            case "id" if re.fullmatch("h[1-6]", tag):
                self.anchors.add(value)
                return True
            case "title":
                return tag == "a"
            case "class":
                return tag in ("div", "p") and ADMONITION.fullmatch(value) is not None
            case "style":
                return tag in ("th", "td") and value.startswith("text-align: ")
        return False

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._in_code = False

    def handle_data(self, data: str) -> None:
        if self._in_code and data.strip():
            self.code[-1] = html.unescape(data).strip().splitlines()[0]
            self._in_code = False
        if "<" in data:
            self.found.append(("a bare <", "<"))

    def handle_charref(self, name: str) -> None:
        if any(map(misleading, html.unescape(f"&#{name};"))):
            self.found.append((f"&#{name};", re.escape(f"&#{name}")))

    def handle_entityref(self, name: str) -> None:
        if name not in ENTITIES:
            self.found.append((f"&{name};", re.escape(f"&{name}")))

    def handle_comment(self, data: str) -> None:
        if not MARK.fullmatch(data):
            self.found.append(("a comment", "<!"))

    def handle_decl(self, decl: str) -> None:
        self.found.append((f"<!{decl}>", "<!"))

    def unknown_decl(self, data: str) -> None:
        self.found.append((f"<![{data}]>", "<!"))

    def handle_pi(self, data: str) -> None:
        self.found.append((f"<?{data}>", r"<\?"))
