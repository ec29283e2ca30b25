"""The last touch on each built page: smaller, and with a Content-Security-Policy.

The policy lets only what the site itself brings run. It is a meta element,
because static hosts set no headers. Scripts and style attributes that stand in
the page are allowed by their digest, one by one.
"""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from pathlib import Path

import minify_html
from lxml import html

from acked.lean import make_lean

# The colours that code has here, and the classes of Pygments that get each.
COLOURED = {"k": "k.?|ow|n[dt]", "s": "s[^d]?", "m": "m.?|il", "c": "c.?|sd"}
TOKEN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
SAME_AGAIN = re.compile(r'(<span class="(\w)">[^<]*)</span>(\s*)<span class="\2">')
# Our own style sheet has all the colours of the theme's, and HTML needs no name for SVG.
NEEDLESS = re.compile(
    r'<link rel="stylesheet" href="[^"]*/palette\.[^"]*">|<meta name="generator"[^>]*>'
    r'| xmlns="http://www.w3.org/2000/svg"'
)
CHARSET = "<meta charset=utf-8>"
# The choice of colours, the script between, the search: the end of the header.
CONTROLS = re.compile(
    r'<form class="md-header__option".*?</form>\s*'
    r'(?P<script><script src="[^"]*assets/start\.js"></script>)'
    r".*?(?=</nav>\s*</header>)",
    re.DOTALL,
)


def finish(site: Path) -> None:
    """Do it to every page below `site`."""
    controls = ""
    for file in site.rglob("*.html"):
        if "snippets" in file.relative_to(site).parts[:1]:
            continue  # a template to download, not a page
        page = file.read_text()
        if found := CONTROLS.search(page):
            controls = found[0]
        text = slim(CONTROLS.sub(r"\g<script>", page))
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(text)}">'
        file.write_text(text.replace(CHARSET, CHARSET + meta, 1))
    if controls:
        draw_by_script(controls, site / "assets/start.js")
    make_lean(site)


def slim(page: str) -> str:
    page = NEEDLESS.sub("", page)
    page = re.sub(r"<pre>.*?</pre>", lambda code: calm(code[0]), page, flags=re.DOTALL)
    return minified(page)


def minified(text: str) -> str:
    return minify_html.minify(text, keep_html_and_head_opening_tags=True, minify_js=True)


def calm(code: str) -> str:
    """Only what has a colour is marked, and what has the same is marked once."""

    def coloured(token: re.Match[str]) -> str:
        for colour, classes in COLOURED.items():
            if re.fullmatch(classes, token[1]):
                return f'<span class="{colour}">{token[2]}</span>'
        return token[2]

    code = TOKEN.sub(coloured, code)
    while (merged := SAME_AGAIN.sub(r"\1\3", code)) != code:
        code = merged
    return code


def draw_by_script(controls: str, script: Path) -> None:
    """What works with JavaScript only comes with the script, once, not with each page."""
    before, _, after = re.split(r"(<script.*?</script>)", minified(controls))
    lines = [
        f"document.currentScript.insertAdjacentHTML({json.dumps(place)}, {json.dumps(text)})"
        for place, text in (("beforebegin", before), ("afterend", after))
    ]
    whole = minified(f"<script>{';'.join(lines)};{script.read_text()}</script>")
    script.write_text(whole.removeprefix("<script>").removesuffix("</script>"))


def policy(page: str) -> str:
    tree = html.document_fromstring(page)
    inline = tree.xpath("//script[not(@src) and not(@type)]/text()")
    scripts = sorted({digest(script) for script in inline})
    styles = sorted({digest(style) for style in tree.xpath("//@style")})
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'", *(["'unsafe-hashes'", *styles] if styles else [])],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
