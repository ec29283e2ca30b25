"""Attempts to get text onto a page that did not run, or to hide text that did.

Each of these is refused. What no check can see stands in docs/proofs.md.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import yaml
from conftest import ROOT, Small, make_small
from hypothesis import given, settings
from hypothesis import strategies as st

from acked.page import EXTENSIONS, read_page
from acked.project import Project

INCLUDE = '--8<-- "redis/does-it-run/example.py:example"'
OUTPUT = '--8<-- "redis/does-it-run/example.out"'

TYPED = {
    # Notations of code.
    "tildes": "~~~python\nprint(1)\n~~~",
    "tildes, longer": "~~~~~\nprint(1)\n~~~~~",
    "four back-ticks": "````python\nprint(1)\n````",
    "back-ticks in tildes": "~~~\n```python\nprint(1)\n```\n~~~",
    "back-ticks after three spaces": "   ```python\n   print(1)\n   ```",
    "indented": "Text.\n\n    print(1)",
    "indented by a tab": "Text.\n\n\tprint(1)",
    "indented, in a list": "- one\n\n        print(1)",
    "in a numbered list": "1. one\n\n    ~~~\n    print(1)\n    ~~~",
    "in a quote": "> ```python\n> print(1)\n> ```",
    "indented, in a quote": ">     print(1)",
    "in an admonition": "!!! note\n\n        print(1)",
    "tildes in an admonition": "!!! note\n\n    ~~~\n    print(1)\n    ~~~",
    "in a definition": "word\n:   what\n\n        print(1)",
    "in a footnote": "Text.[^1]\n\n[^1]:\n        print(1)",
    "footnote": "Text.[^1]\n\n[^1]: It printed 42.",
    "in a tab": '=== "Output"\n\n    ```text\n    it runs\n    ```',
    "tab without code": '=== "Output"\n\n    it runs',
    "folded away": "??? note\n\n    it runs",
    "unfolded": "???+ note\n\n    it runs",
    "fence with a title": '```python title="it ran"\n' + INCLUDE + "\n```",
    "fence with attributes": "```{ .python .hidden }\n" + INCLUDE + "\n```",
    "fence that hides": '```python { style="display:none" }\n' + INCLUDE + "\n```",
    "fence with highlights": '```python hl_lines="1"\n' + INCLUDE + "\n```",
    "more than the include": "```python\n" + INCLUDE + "\nprint(2)\n```",
    "other output": "```text\nit runs, too\n```",
    "table": "| sent | lost |\n| --- | --- |\n| 100 | 0 |",
    "table in a quote": "> | sent | lost |\n> | --- | --- |\n> | 100 | 0 |",
    # Raw HTML.
    "pre": "<pre>print(1)</pre>",
    "pre, capitals": "<PRE>print(1)</PRE>",
    "pre without end": "<pre>print(1)",
    "pre in a paragraph": "Text <pre>print(1)</pre> text",
    "code with breaks": '<code class="block">print(1)<br>print(2)</code>',
    "xmp": "<xmp>print(1)</xmp>",
    "plaintext": "<plaintext>print(1)",
    "textarea": "<textarea>print(1)</textarea>",
    "samp": "<samp>it runs</samp>",
    "kbd": "<kbd>it runs</kbd>",
    "details": "<details><summary>Proof</summary>it runs</details>",
    "markdown in HTML": '<div markdown="1">\n\n```text\nit runs\n```\n\n</div>',
    "a highlight by hand": '<div class="highlight">print(1)</div>',
    "forged evidence": '<span class="evidence">✓ ran with Redis 8 · 9 of 9 lines</span>',
    "HTML table": "<table><tr><td>lost: 0</td></tr></table>",
    "script": "<script>alert(1)</script>",
    "script in an attribute": '<p onclick="alert(1)">Text</p>',
    "script in a link": "[proof](javascript:alert(1))",
    "script in a link, written as entities": "[proof](&#106;avascript:alert(1))",
    "data in a link": "[proof](data:text/html,it%20ran)",
    "style": "<style>.evidence { display: none }</style>",
    "style sheet": '<link rel="stylesheet" href="x.css">',
    "frame": '<iframe src="https://localhost/"></iframe>',
    "object": '<object data="x.svg"></object>',
    "picture of code": "![it ran](terminal.png)",
    "picture in a link": "[![it ran](terminal.png)](x.md)",
    "picture by reference": "![it ran][1]\n\n[1]: terminal.png",
    "SVG": "<svg><text>it runs</text></svg>",
    "MathML": "<math><mi>x</mi></math>",
    "template": "<template>it runs</template>",
    "own element": "<x-code>print(1)</x-code>",
    "base": '<base href="https://localhost/">',
    "form": "<form><input value='it runs'></form>",
    # Hiding and restyling.
    "comment": "<!-- not shown -->",
    "comment over several lines": "<!--\nnot shown\n-->",
    "comment around an output": f"<!--\n\n```text\n{OUTPUT}\n```\n\n-->",
    "processing instruction": "<?php it runs ?>",
    "declaration": "<!DOCTYPE html>",
    "CDATA": "<![CDATA[ it runs ]]>",
    "attributes on a heading": "## Head { .hidden }",
    "attributes on a paragraph": 'Text.\n{: style="display:none" }',
    "attributes on a word": "**0 lost**{: .evidence }",
    "an id": "Text.\n{: #proof }",
    "a link that looks like a button": "[x](y.md){ .md-button }",
    "a style on a list": "- one\n{: hidden }",
    "an admonition of another class": '!!! note inline end hide "Title"\n\n    Text.',
    # Characters.
    "zero-width space": "no\u200bthing",
    "zero-width joiner": "no\u200dthing",
    "soft hyphen": "no\xadthing",
    "no-break space": "no\xa0thing",
    "right-to-left override": "\u202eti nar",
    "isolate": "\u2066it ran\u2069",
    "byte order mark": "\ufeffText",
    "line separator": "one\u2028two",
    "next line": "one\x85two",
    "escape": "\x1b[31mred",
    "back space": "lost\x08\x08",
    "Cyrillic a": "r\u0430n",
    "Greek omicron": "l\u03bfst",
    "full width": "\uff50rint",
    "mathematical": "\U0001d429rint",
    "combining": "0\u0338 lost",
    "private use": "\ue000",
    "zero-width space as an entity": "no&#8203;thing",
    "zero-width space as a hexadecimal entity": "no&#x200b;thing",
    "zero-width space as a named entity": "no&ZeroWidthSpace;thing",
    "override as an entity": "&#x202e;ti nar",
    # Includes.
    "in prose": f"See {INCLUDE}",
    "in a heading": f"## {INCLUDE}",
    "in a list": f"- {INCLUDE}",
    "in a quote, bare": f"> {OUTPUT}",
    "in a table": f"| a |\n| --- |\n| {OUTPUT} |",
    "in a link": f"[{OUTPUT}](x.md)",
    "in an inline code": f"`{INCLUDE}`",
    "bare code": INCLUDE,
    "bare output that is no table": OUTPUT,
    "as code": f"```python\n{OUTPUT}\n```",
    "lines of a file": f"```python\n{INCLUDE.replace(':example', ':1:3')}\n```",
    "several files in one": "--8<--\nredis/does-it-run/example.out\n--8<--",
    "escaped": f"```python\n;{INCLUDE}\n```",
    "another mark": '```python\n-8<- "redis/does-it-run/example.py:example"\n```',
    "a longer mark": '```python\n---8<--- "redis/does-it-run/example.py:example"\n```',
    "single quotes": "```python\n" + INCLUDE.replace('"', "'") + "\n```",
    "no quotes": "```python\n" + INCLUDE.replace('"', "") + "\n```",
    "up": '```python\n--8<-- "redis/../../secret.py"\n```',
    "up, at the start": '```python\n--8<-- "../secret.py"\n```',
    "here": '```python\n--8<-- "./redis/does-it-run/example.py:example"\n```',
    "twice the stroke": '```python\n--8<-- "redis//does-it-run/example.py:example"\n```',
    "from the root": '```python\n--8<-- "/etc/hostname"\n```',
    "from home": '```python\n--8<-- "~/.profile"\n```',
    "from a host": '```python\n--8<-- "https://localhost/x.py"\n```',
    "other case": f"```python\n{INCLUDE.replace('example.py', 'Example.py')}\n```",
    "a proof": '```python\n--8<-- "../.proofs/forky/redis/does-it-run/example.py.json"\n```',
    "a directive that skips": "<!-- pytest-codeblocks:skip -->",
    "a directive that skips all": "<!--pytest-codeblocks:skipfile-->",
}


def problems(small: Small, text: str, place: str = "## What they") -> list[str]:
    small.change(small.page, place, f"{text}\n\n{place}")
    return [str(one) for one in read_page(Project(small.root), "redis/does-it-run.md").problems]


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_is_refused(small: Small, text: str) -> None:
    found = problems(small, text)
    assert found, "let through"
    assert all(re.fullmatch(r"[^:]+:\d+: .+; .+", problem) for problem in found)


def test_plain_markdown_is_let_through(small: Small) -> None:
    text = (
        "Plain *words*, **strong** ones, `code`, a [link](https://localhost/x), "
        "[another](../celery/x.md#there), 1 < 2 & 3 > 2, naïve Zoë's “quote” …\n\n"
        "- a list\n\n1. a numbered one\n\n> a quote\n\n!!! note\n\n    A note."
    )
    assert problems(small, text) == []


def test_the_site_has_no_extension_that_the_check_does_not_know() -> None:
    config = (ROOT / "mkdocs.yml").read_text()
    listed = yaml.load(config.replace("!ENV", ""), yaml.SafeLoader)["markdown_extensions"]
    names = {next(iter(one)) if isinstance(one, dict) else one for one in listed}
    assert names <= {*EXTENSIONS, "acked", "toc"}


# Whatever is let through must be what the site's own Markdown shows.

PIECES = [
    *("```python", "```text", "```", "~~~", "````", INCLUDE, OUTPUT, "print(1)", "", "", "Text"),
    *("> ", "- ", "    ", "   ", "\t", "1. ", "# ", "!!! note", '=== "x"', "<pre>", "</pre>"),
    *("<!--", "-->", "<div>", "</div>", "{: .x }", "`", "``", "| a |\n| - |", "[^1]:", ":   x"),
    *("<", ">", "\\", "&lt;", "*", "***", "---", "$$", "<code>", "<p", "???", "[x]: <"),
]


class Seen(HTMLParser):
    """What stands in code blocks, and all tags."""

    def __init__(self) -> None:
        super().__init__()
        self.code, self.tags, self._open = "", set[str](), 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._open += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._open -= tag == "pre" and self._open > 0

    def handle_data(self, data: str) -> None:
        if self._open:
            self.code += data


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small(tmp_path_factory.mktemp("attacked") / "checkout").root


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", "\n", "\n", "\n\n"]))))
def test_what_is_let_through_shows_only_includes(
    attacked: Path, pieces: list[tuple[str, str]]
) -> None:
    file = attacked / "docs/attack.md"
    text = "# Attack\n\n" + "".join(piece + end for piece, end in pieces)
    file.write_text(text)
    page = read_page(Project(attacked), "attack.md")
    if page.problems:
        return
    marked = re.sub(r'(?m)^( *)--8<-- ".*"$', r"\1INCLUDED", text)
    seen = Seen()
    seen.feed(markdown.markdown(marked, extensions=EXTENSIONS))
    seen.close()
    assert not seen.code.replace("INCLUDED", "").strip()
    assert not seen.tags & {"script", "style", "textarea", "details"}
