# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 90
# ///
"""What `.delay()` does while RabbitMQ is down, frozen, or back."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from concurrent.futures import TimeoutError as NotYet

from celery import Celery
from kombu import Connection

from acked.services import RabbitMQ, wait_until

CONFIRMS = {"broker_transport_options": {"confirm_publish": True}}
