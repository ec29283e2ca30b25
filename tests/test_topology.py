"""The picture that a topology becomes."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from acked import topology

DELAY = """\
client app  key "orders"  exchange celery
exchange celery  orders  queue orders
exchange celery  <mail> & "more"  queue mail
queue orders  -  worker w1
worker w1  reject  queue delay
queue delay  expired  exchange celery
"""


def test_arrows_are_read() -> None:
    arrows = topology.parse(DELAY)
    assert arrows[0] == topology.Arrow("client app", 'key "orders"', "exchange celery")
    assert arrows[3].label == ""


@pytest.mark.parametrize(
    "text, problem",
    {
        "client app  to  ": "not three columns",
        "client app  a  b  queue q": "not three columns",
        "client app  -  table q": "none of client, exchange, queue, worker",
        "\n": "no line at all",
    }.items(),
)
def test_what_is_no_arrow(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        topology.parse(text)


def test_columns_follow_the_message_and_boxes_do_not_overlap() -> None:
    boxes = topology.place(topology.parse(DELAY))
    assert [box.column for box in boxes.values()] == [0, 1, 2, 2, 3, 4]
    for one in boxes.values():
        for other in boxes.values():
            apart = one.x + one.width < other.x or other.x + other.width < one.x
            assert one is other or apart or abs(one.y - other.y) > topology.HEIGHT


def test_the_picture_says_all_in_words_too() -> None:
    drawn = ElementTree.fromstring(topology.svg(DELAY))
    said = drawn.find("desc")
    assert said is not None and said.text is not None
    assert 'exchange celery to queue mail: <mail> & "more"' in said.text
    assert "queue orders to worker w1;" in said.text
    words = [text.text for text in drawn.iter("text")]
    assert {"orders", "celery", "reject", "expired"} <= set(words)
    assert len([p for p in drawn.iter("path") if p.attrib["class"] == "head"]) == 6
