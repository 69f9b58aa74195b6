"""Who a commit is by: the person behind an actor, or the service itself."""

from __future__ import annotations

from gitstore.commits import Person
from services.policy import Actor

SERVICE = Person("xText Design System", "service@xtext.design")


def person_of(actor: Actor) -> Person:
    """The git author that an actor's commits carry."""
    return Person(actor.name, actor.email) if actor.email else SERVICE
