"""A run as text: rich in a terminal, where the bars move in place; plain lines elsewhere, one for each change."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.prompt import Prompt
from rich.table import Table
from rich.text import Text

from ..picture import column_words, cost_words, option_name, part_words, time_words
from .screen import Answer, Finish, NobodyToAsk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..picture import Bar, Ending, Picture
    from ..ranking_so_far import RankingSoFar
    from ..view import Finding, Option

_FINISH = "f"
_COLOURS = {"error": "red", "prepare": "yellow", "warning": "yellow", "info": "cyan"}


class TerminalScreen:
    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._live: Live | None = None
        self._told: list[object] = []
        self._last_line = ""

    def draw(self, picture: Picture) -> None:
        for finding in picture.findings:
            self._once(finding, *finding_lines(finding))
        if picture.ranking and (picture.asking or not self._console.is_terminal):
            self._once(picture.ranking, *ranking_lines(picture.ranking))
        if picture.asking:
            self._once(("options", picture.options), Text(), *self._question(picture))
        if picture.ending:
            self._stop_live()
            self._once(picture.ending, *ending_lines(picture.ending))
        elif self._console.is_terminal:
            self._draw_live(picture)
        else:
            self._draw_line(picture)

    def answer(self, picture: Picture, seconds: float) -> Answer | Finish | None:
        del seconds  # A prompt waits for its person.
        takeable = [option for option in picture.options if option.refusal is None]
        if not sys.stdin or not sys.stdin.isatty() or not takeable:
            raise NobodyToAsk
        self._stop_live()
        choices = [str(picture.options.index(option) + 1) for option in takeable]
        choices += [_FINISH] if _can_finish(picture) else []
        said = Prompt.ask("Your choice", choices=choices, console=self._console)
        if said == _FINISH:
            return Finish()
        option = picture.options[int(said) - 1]
        return Answer(option.where, option.prepare, self._label_column(picture))

    def _label_column(self, picture: Picture) -> str | None:
        columns = picture.label_columns
        if not columns:
            return None
        for number, column in enumerate(columns, 1):
            self._console.print(escape(f"{number}  {column_words(column)}"))
        numbers = [str(number + 1) for number in range(len(columns))]
        return columns[int(Prompt.ask("Column of the labels", choices=numbers, console=self._console)) - 1].name

    def wait(self, seconds: float) -> Finish | None:
        """There is no button; the text names run.finish()."""
        time.sleep(seconds)
        return None

    def say(self, text: str) -> None:
        self._stop_live()
        self._console.print(escape(text))

    def close(self) -> None:
        self._stop_live()

    def _question(self, picture: Picture) -> Sequence[Text | Table]:
        return [
            *(Text(sentence) for sentence in picture.sentences),
            Text(),
            options_table(picture.options),
            *([Text(f"{_FINISH}  {picture.ranking.finish_words}")] if picture.ranking and _can_finish(picture) else []),
            Text(),
        ]

    def _once(self, key: object, *lines: Text | Table) -> None:
        if key in self._told:
            return
        self._told.append(key)
        for line in lines:
            (self._live.console if self._live else self._console).print(line, soft_wrap=not self._console.is_terminal)

    def _draw_live(self, picture: Picture) -> None:
        if self._live is None:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True)
            self._live.start()
        self._live.update(
            Group(
                Text(f"{picture.status}{' …' if picture.going_on else ''}", style="bold"),
                bars_table(picture.bars),
                *(ranking_lines(picture.ranking) if picture.ranking else ()),
                Text(picture.note),
            )
        )

    def _draw_line(self, picture: Picture) -> None:
        running = [bar for bar in picture.bars if bar.fraction != 1 and bar.text]
        words = [f"{bar.label}: {bar.text}" for bar in running[:1]] + ([picture.note] if picture.note else [])
        line = " · ".join([picture.status, *words])
        if line != self._last_line:
            self._console.print(Text(line), soft_wrap=True)
        self._last_line = line

    def _stop_live(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None


def _can_finish(picture: Picture) -> bool:
    return picture.ranking is not None and picture.ranking.finish_with is not None


def finding_lines(finding: Finding) -> list[Text]:
    head = Text(f"{finding.severity:<8}", style=_COLOURS.get(finding.severity, ""))
    head.append(f"{finding.place}: " if finding.place else "", style="")
    head.append(finding.message, style="default")
    return [head, Text(f"        → {finding.remedy}", style="dim")] if finding.remedy else [head]


def options_table(options: Sequence[Option]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "option", "time", "cost", "on", "of which"):
        table.add_column(name, header_style="bold")
    for number, option in enumerate(options, 1):
        name = escape(option_name(option))
        if option.refusal is not None:
            table.add_row("–", f"[dim]{name}[/]", "", "", "", f"[dim]not on offer: {escape(option.refusal)}[/]")
        else:
            parts = escape("\n".join(part_words(option)))
            table.add_row(
                str(number),
                name,
                time_words(option),
                cost_words(option),
                escape(option.machines),
                f"[dim]{parts}[/]",
            )
    return table


def bars_table(bars: Sequence[Bar]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for bar in bars:
        pulse = bar.fraction is None
        drawn = ProgressBar(total=1, completed=bar.fraction or 0, width=36, pulse=pulse)
        table.add_row(bar.label, drawn, escape(bar.text))
    return table


def ranking_lines(ranking: RankingSoFar) -> list[Text | Table]:
    lines: list[Text | Table] = [Text(ranking.sentence), top_table(ranking.top)]
    if ranking.finish_with is not None:
        lines.append(Text(f"{ranking.finish_words}: run.finish()"))
    return lines


def ending_lines(ending: Ending) -> list[Text | Table]:
    lines: list[Text | Table] = [Text(ending.message, style="bold green" if ending.good else "bold red")]
    if ending.remedy:
        lines.append(Text(f"→ {ending.remedy}"))
    if ending.top:
        lines.append(top_table(ending.top))
    return [*lines, *(Text(f"→ {sentence}") for sentence in ending.advice)]


def top_table(top: Sequence[tuple[int, str, float]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("rank", justify="right", header_style="bold")
    table.add_column("variant", header_style="bold")
    table.add_column("importance", justify="right", header_style="bold")
    for rank, variant, importance in top:
        table.add_row(str(rank), escape(variant), f"{importance:#.4g}")
    return table
