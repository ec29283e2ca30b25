"""A Markdown table on stdout."""


def table(*rows):
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
