# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Does a consumer fetch its messages, or does the broker push them?"""

import os

from kombu import Connection

URL = os.environ["AMQP_URL"]

with Connection(URL) as kombu_connection:
    channel = kombu_connection.default_channel
    connection = channel.connection
    arrived = []
    channel.queue_declare("orders", durable=True, auto_delete=False)
    # --8<-- [start:push]
    channel.basic_qos(0, 2, False)  # 2 at most without an ack
    channel.basic_consume("orders", callback=arrived.append)
    frames = connection.bytes_sent  # so called, but it counts frames
    confirms = {"confirm_publish": True}
    with Connection(URL, transport_options=confirms) as sender:
        for order in range(5):
            sender.SimpleQueue("orders").put(order)
        while len(arrived) < 2:
            connection.drain_events(timeout=30)
        print("came:", len(arrived), "asked:", connection.bytes_sent - frames)
        asked = sender.default_channel.queue_declare("orders", passive=True)
        print("ready in the queue:", asked.message_count)
    try:
        connection.drain_events(timeout=1)
    except TimeoutError:
        print("waited a second: nothing more")
    channel.basic_ack(arrived[0].delivery_tag)
    while len(arrived) < 3:
        connection.drain_events(timeout=30)
    print("one ack sent, came:", len(arrived))
    # --8<-- [end:push]
