# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 30
# ///
"""An exchange of the type that the delayed message plugin brings."""

import os

from amqp.exceptions import PreconditionFailed
from amqp_wire import channel_of

channel = channel_of(os.environ["AMQP_URL"])
# --8<-- [start:declare]
try:
    channel.exchange_declare(
        "later",
        "x-delayed-message",
        arguments={"x-delayed-type": "direct"},
    )
except PreconditionFailed as error:
    print(error.reply_code, error.reply_text)
# --8<-- [end:declare]
