"""The picture that a timeline becomes."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from acked import timeline

CRASH = """\
0.00  sender    .  sends order 1
0.03  worker A  +  takes order 1
0.31  worker A  .  charges the card
0.52  worker A  x  SIGKILL
1.84  worker B  +  takes order 1 <again> & "again"
2.21  worker B  -  acknowledges
"""


def tree(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<figure>{timeline.svg(text)}</figure>")


def numbers(text: str) -> list[tuple[int, float]]:
    """Each number with its place in per cent."""
    return [
        (int(one.findtext("text") or ""), float(one.attrib["x"][:-1]))
        for one in tree(text).iter("svg")
        if "class" in one.attrib
    ]


def test_events_are_read() -> None:
    events = timeline.parse(CRASH)
    assert [event.mark for event in events] == list(".+.x+-")
    assert events[1] == timeline.Event(0.03, "worker A", "+", "takes order 1")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no line at all"),
        ("\n  \n", "no line at all"),
        ("0.00  worker  +", "not four columns"),
        ("0.00 worker + starts", "not four columns"),
        ("soon  worker  +  starts", "not a number of seconds"),
        ("-1.0  worker  +  starts", "not a number of seconds"),
        ("nan  worker  +  starts", "not a number of seconds"),
        ("0.00  worker  *  starts", "a mark that is none of + - x ."),
        ("1.00  worker  .  one\n0.50  worker  .  two", "earlier than the line above it"),
        ("0.00  worker  +  one\n0.50  worker  +  two", "one is open"),
        ("0.00  worker  -  ends", "never began"),
        ("0.00  worker  +  one\n1.00  other  x  dies", "never began"),
    ],
)
def test_bad_input_names_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)) as error:
        timeline.svg(text)
    assert repr(text.splitlines()[-1] if text.strip() else "") in str(error.value)


def test_it_is_one_line_of_well_formed_markup() -> None:
    assert "\n" not in timeline.svg(CRASH)
    svg = tree(CRASH).find("svg")
    assert svg is not None
    assert svg.attrib["role"] == "img"
    assert [child.tag for child in svg][:2] == ["title", "desc"]


def test_the_legend_says_all_in_words() -> None:
    items = ["".join(item.itertext()) for item in tree(CRASH).iter("li")]
    assert items[3] == "0.52 s worker A SIGKILL"
    assert items[4] == '1.84 s worker B takes order 1 <again> & "again"'
    assert len(items) == 6


def test_bars_say_how_they_end() -> None:
    bars = [bar.attrib["class"] for bar in tree(CRASH).iter("rect")]
    assert bars == ["killed", "ends"]
    assert [bar.attrib["class"] for bar in tree("0.00  a  +  b\n9.00  c  .  d").iter("rect")] == [
        "open"
    ]


def test_places_are_to_scale() -> None:
    places = dict(numbers(CRASH))
    width = timeline.RIGHT - timeline.LEFT
    assert places[1] == timeline.LEFT
    assert places[4] == pytest.approx(timeline.LEFT + width * 0.52 / 2.21, abs=0.06)
    assert places[6] == timeline.RIGHT


@pytest.mark.parametrize("count", [2, 5, 14])
@pytest.mark.parametrize("at", ["0.00", "5.00", "9.99"])
def test_numbers_do_not_overlap(count: int, at: str) -> None:
    crowd = "".join(f"{at}  worker  .  event {n}\n" for n in range(count))
    text = f"0.00  other  .  first\n{crowd}10.00  other  .  last\n"
    places = [x for number, x in numbers(text) if 2 <= number <= count + 1]
    assert places == sorted(places)
    assert all(b - a > timeline.GAP - 0.11 for a, b in pairwise(places))
    assert places[0] >= timeline.LEFT - 0.06
    assert places[-1] <= timeline.RIGHT + 0.06


def test_a_very_full_lane_still_fits() -> None:
    places = [x for _, x in numbers("1.00  worker  .  again\n" * 60)]
    assert places == sorted(places)
    assert places[0] >= timeline.LEFT - 0.1


def test_equal_events_keep_their_own_numbers() -> None:
    same = "1.00  worker  .  again\n"
    assert [number for number, *_ in numbers(same * 3)] == [1, 2, 3]


@pytest.mark.parametrize("end", ["0.00", "0.004", "0.37", "1", "7.3", "61", "3600.00", "100000"])
def test_the_axis_has_few_round_ticks(end: str) -> None:
    ticks = tree(f"{end}  a  .  b").findall("svg/svg[line]/text[@class='tick']/..")
    assert 1 < len(ticks) <= timeline.TICKS + 1
    assert ticks[0].findtext("text") == "0 s"
    assert max(float(one.attrib["x"][:-1]) for one in ticks) <= timeline.RIGHT + 0.06


def test_two_pictures_have_two_names() -> None:
    names = {re.findall(r'id="(timeline-\w+)"', timeline.svg(CRASH, title))[0] for title in "ab"}
    assert len(names) == 2
