"""What each screen can do, and which one fits the place where Python runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..picture import Picture


@dataclass(frozen=True)
class Answer:
    where: str
    prepare: bool
    #: Where the picture offers several.
    label_column: str | None = None


@dataclass(frozen=True)
class Finish:
    """A person leaves the forest at the trees that have grown."""


class NobodyToAsk(Exception):
    """No person is at this screen."""


class Screen(Protocol):
    def draw(self, picture: Picture) -> None:
        """Shows the picture in place of the one before."""

    def answer(self, picture: Picture, seconds: float) -> Answer | Finish | None:
        """Waits for a person's choice, at most so long where that can be done. Raises NobodyToAsk."""

    def wait(self, seconds: float) -> Finish | None:
        """Lets so long pass, or less when a person presses the button to finish."""

    def say(self, text: str) -> None:
        """A line that stays."""

    def close(self) -> None:
        """Leaves what is on the screen there."""


def fitting_screen() -> Screen:
    if in_notebook():
        from .notebook_screen import NotebookScreen  # noqa: PLC0415  a terminal needs no widgets

        return NotebookScreen()
    from .terminal_screen import TerminalScreen  # noqa: PLC0415

    return TerminalScreen()


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this: JupyterLab, Notebook, VS Code."""
    return _shell() == "ZMQInteractiveShell"


def _shell() -> str:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__
