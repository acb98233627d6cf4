"""What a forest that grows in chunks shows meanwhile: its ranking so far, and how far that may be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from .view import Forest, RunView

_SHOWN = 5


@dataclass(frozen=True)
class RankingSoFar:
    sentence: str
    #: Rank, variant and importance of the first 5.
    top: tuple[tuple[int, str, float], ...]
    #: How many trees a run that is finished now has; None while it cannot be finished.
    finish_with: int | None
    is_stable: bool

    @property
    def finish_words(self) -> str:
        stable = " (the ranking is stable)" if self.is_stable else ""
        return f"Finish now with {self.finish_with:,} trees{stable}"

    @property
    def finish_meaning(self) -> str:
        stable = "More trees are not expected to change the first 20 variants. " if self.is_stable else ""
        return f"{stable}Ends the run with the result of these trees; those that grow at the moment are given up."


def ranking_so_far(view: RunView) -> RankingSoFar | None:
    """None before the first chunk, for a forest in one piece, and once the result is there."""
    forest = view.forest
    if forest is None or not forest.ranking or view.is_final:
        return None
    return RankingSoFar(
        sentence=_sentence(forest),
        top=forest.ranking[:_SHOWN],
        finish_with=forest.trees_grown if view.can_finish else None,
        is_stable=forest.has_converged,
    )


def ranking_table(forest: Forest | None) -> pd.DataFrame:
    return pd.DataFrame(forest.ranking if forest else (), columns=["rank", "variant", "importance"])


def _sentence(forest: Forest) -> str:
    words = [f"After {forest.trees_grown:,} of {forest.trees_planned:,} trees {_come_first(forest)} first."]
    if forest.agreement is not None:
        words.append(f"Both halves of the forest share {_shared(forest)}; {_same_first(forest.same_first)}.")
    if forest.has_converged:
        words.append("The ranking is stable.")
    if forest.is_finishing:
        words.append("The run ends with these trees, as was asked.")
    return " ".join(words)


def _come_first(forest: Forest) -> str:
    shown = min(_SHOWN, len(forest.ranking))
    return f"these {shown} variants come" if shown > 1 else "this variant comes"


def _shared(forest: Forest) -> str:
    return f"{round((forest.agreement or 0) * forest.compared)} of their first {forest.compared}"


def _same_first(same_first: int) -> str:
    if same_first == 0:
        return "they differ from the first on"
    return "the first is the same" if same_first == 1 else f"the first {same_first} are the same"
