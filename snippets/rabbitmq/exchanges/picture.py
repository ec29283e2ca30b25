# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu", "redis"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 90
# ///
"""What the broker lists after the declarations, as arrows."""

import json

from kombu import Connection
from orders import declare

from acked.services import RabbitMQ


def main():
    with RabbitMQ() as node, Connection(node.url) as connection:
        declare(connection)

        def listed(what, *columns):
            words = node.rabbitmqctl(what, "--formatter", "json", *columns)
            return json.loads(words)

        # --8<-- [start:draw]
        exchanges = listed("list_exchanges", "name", "type", "arguments")
        bindings = listed("list_bindings")
        bindings.sort(key=lambda binding: binding["destination_name"])
        drawn = {}
        for exchange in exchanges:
            name = exchange["name"]
            drawn[name] = f"exchange {name}: {exchange['type']}"
        for exchange in exchanges:
            for argument, _type, other in exchange["arguments"]:
                assert argument == "alternate-exchange"
                start = drawn[exchange["name"]]
                draw(start, "no binding fits", drawn[other])
        for binding in bindings:
            if binding["source_name"]:
                key = binding["routing_key"] or "-"
                queue = f"queue {binding['destination_name']}"
                draw(drawn[binding["source_name"]], key, queue)
        # --8<-- [end:draw]


def draw(*columns):
    print("  ".join(columns))


if __name__ == "__main__":
    main()
