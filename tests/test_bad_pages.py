"""Bad input that is found without running anything: file, line, what, mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Change, Small

from acked import cli

PAGE = "docs/redis/does-it-run.md"
SNIPPET = "snippets/redis/does-it-run/example.py"
INCLUDE = '--8<-- "redis/does-it-run/example.py:example"'
START, END = "# --8<-- [start:example]\n", "# --8<-- [end:example]\n"


def include(text: str) -> Change:
    return lambda small: small.change(small.page, INCLUDE, text)


def typed(text: str) -> Change:
    return lambda small: small.change(small.page, "## What they", f"{text}\n\n## What they")


def in_snippet(old: str, new: str) -> Change:
    return lambda small: small.change(small.snippet, old, new)


def linked_file(small: Small) -> None:
    secret = small.root / "secret.py"
    secret.write_text("TOKEN = 1\n")
    (small.folder / "leak.py").symlink_to(secret)
    small.change(small.page, "example.py:example", "leak.py")


def linked_folder(small: Small) -> None:
    (small.root / "snippets/redis/other").symlink_to(small.folder)
    small.change(small.page, "does-it-run/example.py", "other/example.py")


def unseen(small: Small) -> None:
    (small.folder / "second.py").write_text(small.snippet.read_text())
    (small.folder / "second.out").write_text("it ran\n")


def latin(small: Small) -> None:
    small.snippet.write_bytes(small.snippet.read_bytes() + b"# \xe9\n")


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def asked_twice(small: Small) -> None:
    (small.page.with_name("again.md")).write_text(small.page.read_text())
    small.change(small.root / "mkdocs.yml", "redis/", "redis/again.md\n      - redis/")


CASES: dict[str, tuple[Change, str]] = {
    # includes
    "missing file": (
        include('--8<-- "redis/does-it-run/gone.py"'),
        f"{PAGE}:16: includes .* does not exist",
    ),
    "wrong case": (
        include('--8<-- "redis/does-it-run/Example.py:example"'),
        f"{PAGE}:16: .* does not exist",
    ),
    "missing section": (
        include(INCLUDE.replace(":example", ":gone")),
        f"{PAGE}:16: section 'gone' .* does not exist",
    ),
    "unquoted": (
        include(INCLUDE.replace('"', "")),
        f"{PAGE}:16: an include that is not in the one form",
    ),
    "single quotes": (include(INCLUDE.replace('"', "'")), f"{PAGE}:16: an include that is not"),
    "trailing space": (include(INCLUDE + " "), f"{PAGE}:16: an include that is not"),
    "block form": (
        include("--8<--\nredis/does-it-run/example.py\n--8<--"),
        f"{PAGE}:16: an include that is not",
    ),
    "escaped": (include(";" + INCLUDE), f"{PAGE}:16: an include that is not"),
    "line range": (
        include('--8<-- "redis/does-it-run/example.py:1:3"'),
        f"{PAGE}:16: an include that is not",
    ),
    "url": (include('--8<-- "https://localhost/x.py"'), f"{PAGE}:16: "),
    "absolute": (include('--8<-- "/etc/hostname"'), f"{PAGE}:16: includes .* outside snippets/"),
    "dots": (
        include('--8<-- "redis/../../secret.py"'),
        f"{PAGE}:16: includes .* outside snippets/",
    ),
    "symbolic link": (linked_file, f"{PAGE}:16: includes .* through a symbolic link"),
    "linked folder": (linked_folder, f"{PAGE}:16: includes .* through a symbolic link"),
    "whole file with marks": (
        include(INCLUDE.replace(":example", "")),
        f"{PAGE}:16: includes all of",
    ),
    "output in a python fence": (
        include('--8<-- "redis/does-it-run/example.out"'),
        f"{PAGE}:16: a fence of python",
    ),
    "include in prose": (typed(f"See {INCLUDE}"), f"{PAGE}:29: an include that is not"),
    # code typed on a page
    "back-ticks": (include("print(1)"), f"{PAGE}:16: code typed on a page"),
    "include and code": (include(f"{INCLUDE}\nprint(1)"), f"{PAGE}:17: code typed on a page"),
    "tildes": (typed("~~~python\nprint(1)\n~~~"), f"{PAGE}:30: code typed on a page"),
    "indented": (typed("Text.\n\n    print(1)"), f"{PAGE}:31: code typed on a page"),
    "in a quote": (typed("> ```python\n> print(1)\n> ```"), f"{PAGE}:30: code typed on a page"),
    "raw pre": (typed("<pre><code>print(1)</code></pre>"), f"{PAGE}:29: code typed on a page"),
    "raw pre, capitals": (typed("<PRE>print(1)</PRE>"), f"{PAGE}:29: code typed on a page"),
    "script": (typed("<script>alert(1)</script>"), f"{PAGE}:29: holds <script>"),
    "unknown language": (
        typed("```cobol\nSTOP RUN.\n```"),
        f"{PAGE}:29: a fence of unknown language 'cobol'",
    ),
    "no language": (typed("```\nx\n```"), f"{PAGE}:29: a fence of unknown language ''"),
    "empty fence": (typed("```python\n```"), f"{PAGE}:29: an empty fence"),
    "open fence": (typed("```python"), f"{PAGE}:29: a fence is never closed"),
    "skipfile": (
        lambda small: small.page.write_text(
            f"<!--pytest-codeblocks:skipfile-->\n{small.page.read_text()}\n```cobol\nX\n```\n"
        ),
        f"{PAGE}:1: a directive of pytest-codeblocks",
    ),
    # sections
    "unclosed": (in_snippet(END, ""), f"{SNIPPET}:12: section 'example' is never closed"),
    "duplicate": (
        in_snippet(END, f"{END}{START}x = 1\n{END}"),
        f"{SNIPPET}:19: section 'example' opens twice",
    ),
    "empty": (
        in_snippet(END, f"{END}# --8<-- [start:b]\n\n# --8<-- [end:b]\n"),
        f"{SNIPPET}:19: section 'b' is empty",
    ),
    "nested": (
        in_snippet(END, "# --8<-- [start:b]\nx = 1\n# --8<-- [end:b]\n" + END),
        f"{SNIPPET}:18: section 'b' opens inside section 'example'",
    ),
    "not open": (in_snippet(START, ""), f"{SNIPPET}:17: section 'example' ends but is not open"),
    "nested include": (
        in_snippet("client.set", f"# {INCLUDE}\nclient.set"),
        f"{SNIPPET}:16: looks like an include",
    ),
    "mark in a string": (
        in_snippet(START, f'x = """\n{START}"""\n'),
        f"{SNIPPET}:13: looks like an include",
    ),
    # snippets
    "on no page": (unseen, "snippets/redis/does-it-run/second.py:1: is shown on no page"),
    "no header": (in_snippet("# /// script", "#"), f"{SNIPPET}:1: has no PEP 723 header"),
    "header is no TOML": (
        in_snippet("[tool.acked]", "[tool.acked"),
        f"{SNIPPET}:5: the header is not TOML",
    ),
    "header without table": (
        in_snippet("[tool.acked]", "[tool.other]"),
        f"{SNIPPET}:1: the header lacks",
    ),
    "unknown key": (in_snippet("services =", "servicse ="), f"{SNIPPET}:6: unknown key 'servicse'"),
    "unknown service": (
        in_snippet('["redis"]\n# ///', '["oracle"]\n# ///'),
        f"{SNIPPET}:6: unknown service 'oracle'",
    ),
    "a service that is only started": (
        in_snippet('["redis"]\n# ///', '["haproxy"]\n# ///'),
        f"{SNIPPET}:6: haproxy is not given to a snippet; start it there",
    ),
    "unknown environment": (
        in_snippet("# ///\nimport", '# environments = ["django-1"]\n# ///\nimport'),
        f"{SNIPPET}:7: unknown environment 'django-1'; use one of .*django-5-2,",
    ),
    "a template's mark in another form": (
        lambda s: (s.folder / "page.html").write_text("# --8<-- [start:one]\n"),
        r"snippets/redis/does-it-run/page.html:1: looks like .*'{# --8<-- \[start:name\] #}'",
    ),
    "wrong type": (
        in_snippet("# ///\nimport", "# timeout = 'x'\n# ///\nimport"),
        f"{SNIPPET}:7: timeout is no int",
    ),
    "out of range": (
        in_snippet("# ///\nimport", "# timeout = 0\n# ///\nimport"),
        f"{SNIPPET}:7: timeout = 0",
    ),
    "no Python": (in_snippet("import redis", "import redis ("), f"{SNIPPET}:10: is not Python"),
    "too wide": (
        in_snippet("import redis", f"import redis  # {'x' * 80}"),
        f"{SNIPPET}:10: is 96 columns wide",
    ),
    "not UTF-8": (latin, f"{SNIPPET}:1: cannot be read"),
    "carriage return": (
        in_snippet("import redis\n", "import redis\r\n"),
        f"{SNIPPET}:10: holds a carriage return",
    ),
    # pages
    "front matter": (
        lambda s: s.change(s.page, "level: middle", "level: [x"),
        f"{PAGE}:\\d: the front matter is not",
    ),
    "level": (
        lambda s: s.change(s.page, "level: middle", "level: guru"),
        f"{PAGE}:1: level is 'guru'",
    ),
    "long short answer": (
        lambda s: s.change(s.page, "At most", "x " * 60),
        f"{PAGE}:9: the short answer has",
    ),
    "no such page linked": (
        typed("[more](../redis/gone.md)"),
        f"{PAGE}:29: links to ../redis/gone.md, which is no page; ",
    ),
    "no such heading linked": (
        typed("[more](#gone)"),
        f"{PAGE}:29: links to #gone, a heading that is not there; ",
    ),
    "no such heading of another page": (
        typed("[more](../index.md#gone)"),
        f"{PAGE}:29: links to ../index.md#gone, a heading that is not there; ",
    ),
    "in no topic": (
        lambda small: small.page.rename(made(small.root / "docs/kafka") / "streams.md"),
        "docs/kafka/streams.md:1: is in no topic; ",
    ),
    "below a topic's folder": (
        lambda small: small.page.rename(made(small.root / "docs/redis/more") / "streams.md"),
        "docs/redis/more/streams.md:1: is in no topic; ",
    ),
    "not in the navigation": (
        lambda small: small.page.rename(small.page.with_name("other.md")),
        "docs/redis/other.md:1: is not in the navigation; ",
    ),
    "asked twice": (
        asked_twice,
        f"{PAGE}:1: asks what docs/redis/again.md asks; ",
    ),
    "no sources": (
        lambda s: s.change(s.page, "## Sources", "## Links"),
        f"{PAGE}:1: has nothing under '## Sources'",
    ),
}


@pytest.mark.parametrize("change, expected", CASES.values(), ids=CASES)
def test_is_refused(
    small: Small,
    change: Change,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change(small)
    monkeypatch.setenv("ACKED_ROOT", str(small.root))
    status = cli.main(["check"])
    out = capsys.readouterr().err
    assert status == 1
    lines = out.strip().splitlines()
    assert any(re.match(expected, line) for line in lines), out
    assert all(re.fullmatch(r"[^:]+:\d+: .+; .+", line) for line in lines), out


def test_the_scaffold_is_accepted(small: Small) -> None:
    assert small.run("check") == (0, "")


QUESTIONS = {
    "no such topic": ("What is a topic?", "kafka", "Makefile:1: TOPIC is 'kafka', not django or "),
    "no topic": ("What is a topic?", "", "Makefile:1: TOPIC is '', not django or "),
    "no question": ("", "redis", "Makefile:1: Q holds no question; "),
    "only punctuation": ("?! … ?", "redis", "Makefile:1: Q holds no question; "),
    "300 characters": ("long " * 60, "redis", "Makefile:1: Q has 300 characters; ask in 120"),
    "there already": ("Does it run?", "redis", f"{PAGE}:1: exists already; edit it, or ask "),
}


@pytest.mark.parametrize("question, topic, expected", QUESTIONS.values(), ids=QUESTIONS)
def test_no_page_is_made_of(small: Small, question: str, topic: str, expected: str) -> None:
    before = sorted(small.root.rglob("*"))
    status, out = small.run("new", "--question", question, "--topic", topic)
    assert status == 1
    assert out.startswith(expected), out
    assert out.count("\n") == 1
    assert sorted(small.root.rglob("*")) == before


@pytest.mark.parametrize("question", ['What does "a: b" do {x} # y?', "Is '- &' YAML?", "100 %?"])
def test_any_question_makes_a_page_that_passes(small: Small, question: str) -> None:
    status, out = small.run("new", "--question", question, "--topic", "redis")
    assert status == 0, out
    assert small.run("check") == (0, "")


def test_nothing_to_prove_is_an_error(small: Small) -> None:
    small.page.unlink()
    small.snippet.unlink()
    small.snippet.with_suffix(".out").unlink()
    status, out = small.run("prove")
    assert status == 1
    assert re.search(r"docs:1: shows nothing that could be proven; ", out)
