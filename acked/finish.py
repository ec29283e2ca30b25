"""The last touch on each built page: smaller, and with a Content-Security-Policy.

The policy lets only what the site itself brings run. It is a meta element,
because static hosts set no headers. Scripts and style attributes that stand in
the page are allowed by their digest, one by one.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from pathlib import Path

import minify_html
from lxml import html

PALETTE = re.compile(r'<link rel="stylesheet" href="[^"]*/palette\.[^"]*">')
CHARSET = "<meta charset=utf-8>"


def finish(site: Path) -> None:
    """Do it to every page below `site`."""
    for file in site.rglob("*.html"):
        if "snippets" in file.relative_to(site).parts[:1]:
            continue  # a template to download, not a page
        text = slim(file.read_text())
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(text)}">'
        file.write_text(text.replace(CHARSET, CHARSET + meta, 1))


def slim(page: str) -> str:
    # Our own style sheet has all the colours that this one has.
    page = PALETTE.sub("", page)
    return minify_html.minify(
        page, keep_closing_tags=True, keep_html_and_head_opening_tags=True, minify_js=True
    )


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
