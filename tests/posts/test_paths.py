"""Paths of units: which of them are enough, and what they cover."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safety.posts.access import covers, outermost
from safety.units.models import Unit

codes = st.sampled_from(["1", "11", "2", "520100", "520121", "a"])
paths = st.lists(codes, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts) + "/")


@given(st.lists(paths))
def test_outermost_covers_what_was_given_with_nothing_to_spare(given_paths):
    kept = outermost(given_paths)

    for path in given_paths:
        assert covers(kept, Unit(path=path))
    for one in kept:
        assert one in given_paths
        others = tuple(other for other in kept if other != one)
        assert not covers(others, Unit(path=one))


@given(st.lists(paths), paths)
def test_dropping_paths_below_others_changes_no_answer(given_paths, path):
    direct = any(path.startswith(one) for one in given_paths)

    assert covers(outermost(given_paths), Unit(path=path)) == direct


@given(st.lists(paths))
def test_the_order_of_paths_does_not_matter(given_paths):
    assert outermost(given_paths) == outermost(reversed(given_paths))


def test_a_code_that_begins_like_another_is_not_below_it():
    assert outermost(["/1/", "/11/"]) == ("/1/", "/11/")
    assert not covers(("/1/",), Unit(path="/11/"))


def test_no_paths_cover_nothing():
    assert outermost([]) == ()
    assert not covers((), Unit(path="/520100/"))
