"""On PYTHONPATH of every process of a run: Python imports it at start."""

from acked import witness

witness.install()
