"""The errors a user can meet. Each message is whole sentences: what was found, what was expected, what to do.

Every other exception is a bug and stays loud. The command line turns these into exit code 2, the app into a notice.
"""


class GridgovError(Exception):
    """Base of all errors that are the user's to mend."""


class SettingsError(GridgovError):
    """The installation or its settings are not as needed."""


class MappingError(GridgovError):
    """A mapping file is malformed or contradicts itself."""


class SourceError(GridgovError):
    """A source file cannot be read as what the mapping says it is."""


class DatumError(GridgovError):
    """Coordinates whose datum is missing, unknown or contradicted."""


class BaseMapError(GridgovError):
    """The server of the configured base map did not give a tile."""


class CalendarError(GridgovError):
    """A date, time or time zone that cannot be understood."""


class StoreError(GridgovError):
    """The database is missing, stopped, behind, or refused the work."""


class LoadError(GridgovError):
    """A load was refused; the database is as it was."""


class QuestionError(GridgovError):
    """A question that does not exist, or arguments it does not take."""


class DataChanged(GridgovError):
    """New data were loaded between two questions whose answers stand side by side."""


class BriefingHeld(GridgovError):
    """A briefing is kept back: the data, its sums or its pictures are not as they must be."""


class DeliveryError(GridgovError):
    """A folder or a mail server did not take what was to go out."""


class UnknownScope(QuestionError):
    """A town, grid, unit or layer nobody has loaded."""
