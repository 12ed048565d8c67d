"""Every number is a question with a definition. Screens, notebooks, papers and the command line all ask here."""

from gridgov.questions.answer import Answer
from gridgov.questions.asking import plain_dimensions
from gridgov.questions.definition import Definition, definition_of, definitions
from gridgov.questions.notebook import patrol_map
from gridgov.questions.rows import Places, Rows
from gridgov.questions.town import Town, open_town, town_codes

__all__ = [
    "Answer", "Definition", "Places", "Rows", "Town", "definition_of", "definitions", "open_town", "patrol_map",
    "plain_dimensions", "town_codes",
]  # fmt: skip
