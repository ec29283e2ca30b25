"""The Django project in snippets/ starts as its own docstring tells a reader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from acked import environments
from acked.services import PostgreSQL, Program, free_port

PROJECT = Path(__file__).parent.parent / "snippets/django/project"


@pytest.mark.parametrize("django", ["as locked", "django-5-2"])
def test_migrate_and_runserver(django: str) -> None:
    with PostgreSQL() as server:
        env = {"DATABASE_URL": server.url, "PYTHONDONTWRITEBYTECODE": "1"}
        if django != "as locked":
            env |= environments.variables(django)
        migrate = [sys.executable, "manage.py", "migrate"]
        subprocess.run(migrate, cwd=PROJECT, env={**os.environ, **env}, check=True)
        address = f"127.0.0.1:{free_port()}"
        runserver = f"manage.py runserver --noreload {address}"
        with Program(runserver, PROJECT, "Quit the server", env):
            page = httpx.get(f"http://{address}/")
            assert page.status_code == 200 and "<h1>Books</h1>" in page.text


def test_no_migration_is_missing() -> None:
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
