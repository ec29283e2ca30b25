"""What is shown but is no snippet: shared modules, settings modules, templates."""

from __future__ import annotations

import re
import zipfile

from conftest import Small

SNIPPET = """\
# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# services = []
# ///
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "its_settings"

from shop.greet import greet

# --8<-- [start:example]
print(greet("it ran"))
# --8<-- [end:example]
"""
SHARED = """\
import django
from django.template.loader import render_to_string

django.setup()


# --8<-- [start:greet]
def greet(words):
    return render_to_string("greet.html", {"words": words}).strip()
# --8<-- [end:greet]
"""
SETTINGS = """\
from pathlib import Path

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent],
    }
]
"""
TEMPLATE = """\
{# --8<-- [start:words] #}
{% if words %}
{{ words }}
{% else %}
{% endif %}
{# --8<-- [end:words] #}
"""
INCLUDE = '```python\n--8<-- "redis/does-it-run/example.py:example"\n```'


def with_a_project(small: Small) -> Small:
    shared = small.root / "snippets/redis/project/shop"
    shared.mkdir(parents=True)
    (shared / "__init__.py").write_text("")
    (shared / "greet.py").write_text(SHARED)
    small.snippet.write_text(SNIPPET)
    small.snippet.with_suffix(".out").write_text("it ran\n")
    (small.folder / "its_settings.py").write_text(SETTINGS)
    (small.folder / "greet.html").write_text(TEMPLATE)
    greet = '```python\n--8<-- "redis/project/shop/greet.py:greet"\n```'
    words = '```html\n--8<-- "redis/does-it-run/greet.html:words"\n```'
    small.change(small.page, INCLUDE, f"{greet}\n{words}\n{INCLUDE}")
    return small


def test_they_are_proven_by_the_snippet_that_uses_them(small: Small) -> None:
    status, out = with_a_project(small).run("site")
    assert status == 0, out
    status, out = small.run("prove")
    assert status == 0 and "proven" not in out, "it ran again, though nothing changed"
    built = (small.root / "site/redis/does-it-run/index.html").read_text()
    counts = re.findall(r"\d+ of \d+ lines", built)
    assert counts == ["2 of 2 lines", "2 of 2 lines", "1 of 1 lines"]
    assert "href=../../snippets/redis/project.zip" in built.replace('"', "")
    names = zipfile.ZipFile(small.root / "site/snippets/redis/project.zip").namelist()
    assert "project/shop/greet.py" in names


def test_a_changed_template_voids_the_proof(small: Small) -> None:
    assert with_a_project(small).run("prove")[0] == 0
    small.change(small.folder / "greet.html", "{{ words }}", "{{ words|upper }}")
    status, out = small.run("prove")
    assert status == 1
    assert "example.out:1: recorded 'it ran', but it printed 'IT RAN'; " in out


def test_a_line_of_a_template_that_was_not_rendered(small: Small) -> None:
    with_a_project(small)
    small.change(small.folder / "greet.html", "{% else %}", "{% else %}\nnobody sees me")
    status, out = small.run("prove")
    assert status == 1
    assert "snippets/redis/does-it-run/greet.html:5: is shown on docs/redis/does-it-run.md" in out


def test_a_shared_line_that_no_snippet_of_the_page_ran(small: Small) -> None:
    with_a_project(small)
    shared = small.root / "snippets/redis/project/shop/greet.py"
    small.change(shared, "# --8<-- [end", "\n\ndef unused():\n    return 1\n# --8<-- [end")
    status, out = small.run("prove")
    assert status == 1
    assert "snippets/redis/project/shop/greet.py:13: is shown on" in out
