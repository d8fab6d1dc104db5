"""Files of items, stores, stock and movements: the rules of an import, whoever asks for it."""

from models.importing.columns import Options
from models.importing.run import KINDS, Import
from models.importing.tally import Problem, Tally

__all__ = ["KINDS", "Import", "Options", "Problem", "Tally"]
