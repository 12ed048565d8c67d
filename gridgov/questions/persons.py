"""Who may be told about single persons: whoever says the role for it and what for. Nobody is ever ranked by it."""

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked

PERSON = "person"
"""The role in which answers may be about single persons, by pseudonym."""


def sees_persons(asked: Asked) -> bool:
    """True when it was asked with the role and a purpose; meta `role` and `purpose` then say so. Raises QuestionError."""
    if asked.role is None and asked.purpose is None:
        return False
    purpose = (asked.purpose or "").strip()
    if asked.role != PERSON or not purpose:
        raise QuestionError(
            f"Answers about single persons need role='{PERSON}' and a purpose in words, such as purpose='complaint 1120'."
        )
    asked.meta |= {"role": PERSON, "purpose": purpose}
    return True


def require_person(asked: Asked, what: str) -> None:
    """Raise QuestionError unless it was asked with the role and a purpose."""
    if not sees_persons(asked):
        raise QuestionError(f"{what} is about a single person: ask with role='{PERSON}' and a purpose in words.")
