"""Web servers for a Django project, as they are started in production."""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

from acked.services.base import LOOPBACK, Service, free_port


class WebServer(Service):
    """An application server on a free port.

    `application` such as `shop.wsgi`, looked up in `folder`; `options` as on
    the server's command line; `env` is added to its environment. Ready means:
    it has answered a request, to a path that no project has.
    """

    def __init__(
        self,
        application: str,
        folder: str | Path,
        options: str = "",
        env: dict[str, str] | None = None,
    ) -> None:
        super().__init__(env)
        self.application = application
        self.options = options
        self.port = free_port()
        self._cwd = str(Path(folder).resolve())

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        }

    def ready(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("HEAD", "/is-the-server-there")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Gunicorn(WebServer):
    """`gunicorn <application>`, a WSGI server; its own default is one sync worker."""

    name = "gunicorn"

    def argv(self) -> list[str]:
        argv = [sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{self.port}"]
        return [*argv, *self.options.split(), self.application]


class Uvicorn(WebServer):
    """`uvicorn <application>`, an ASGI server; `shop.asgi:application`."""

    name = "uvicorn"

    def argv(self) -> list[str]:
        argv = [sys.executable, "-m", "uvicorn", "--host", LOOPBACK, "--port", str(self.port)]
        return [*argv, *self.options.split(), self.application]


class Daphne(WebServer):
    """`daphne <application>`, an ASGI server; `shop.asgi:application`."""

    name = "daphne"

    def argv(self) -> list[str]:
        argv = [sys.executable, "-m", "daphne", "-b", LOOPBACK, "-p", str(self.port)]
        return [*argv, *self.options.split(), self.application]
