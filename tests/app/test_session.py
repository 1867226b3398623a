"""The strip: order, the current document, whose turn it is."""

from pathlib import Path

import pytest

from matting_studio.app.document import Document
from matting_studio.app.session import Session, Status


@pytest.fixture
def documents():
    return [Document(Path(f"{name}.jpg")) for name in "abcd"]


@pytest.fixture
def session(documents):
    session = Session()
    for document in documents:
        session.add(document)
    return session


def test_an_empty_session_has_nothing_to_show():
    session = Session()
    assert session.current is None
    assert session.neighbour(1) is None
    assert list(session.in_turn()) == []


def test_the_first_document_is_shown_first(session, documents):
    assert session.documents == tuple(documents)
    assert session.current is documents[0]


def test_the_current_one_has_the_first_turn_then_those_after_it_then_those_before(session, documents):
    session.select(documents[2])
    assert list(session.in_turn()) == [documents[2], documents[3], documents[0], documents[1]]


def test_the_first_in_turn_that_is_wanted(session, documents):
    session.select(documents[1])
    session.place(documents[1]).status = Status.READY
    assert session.first(lambda place: place.status is Status.WAITING) is documents[2]
    assert session.first(lambda place: place.status is Status.FAILED) is None
    assert session.count(Status.WAITING) == 3


def test_neighbours_end_at_the_ends(session, documents):
    session.select(documents[3])
    assert session.neighbour(1) is None
    assert session.neighbour(-1) is documents[2]


@pytest.mark.parametrize(("shown", "removed", "expected"), [(1, 1, 2), (3, 3, 2), (1, 0, 1), (1, 3, 1)])
def test_after_removing_a_document_its_neighbour_is_shown(session, documents, shown, removed, expected):
    session.select(documents[shown])
    session.remove(documents[removed])
    assert session.current is documents[expected]
    assert documents[removed] not in session


def test_removing_the_last_document_leaves_nothing(documents):
    session = Session()
    session.add(documents[0])
    session.remove(documents[0])
    assert session.current is None


def test_a_document_that_is_not_open_has_no_place(session):
    with pytest.raises(KeyError, match="stranger"):
        session.place(Document(Path("stranger.jpg")))
