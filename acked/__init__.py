"""Publish only what has run: the machinery behind the questions in docs/."""
