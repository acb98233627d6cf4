"""A run as widgets: findings, a card with a button per option, a bar per phase, the ranking so far with a button to
finish. Colours come from the notebook's theme."""

from __future__ import annotations

import queue
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..picture import column_words, cost_words, option_name, part_words, time_words
from .screen import Answer, Finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..picture import Bar, Ending, Picture
    from ..ranking_so_far import RankingSoFar
    from ..view import Finding, LabelColumn, Option

_MUTED = "color:var(--jp-ui-font-color2,var(--vscode-descriptionForeground,#666))"
_LINE = "1px solid var(--jp-border-color2,var(--vscode-panel-border,#ccc))"
_COLOURS = {
    "error": "var(--jp-error-color1,#c62828)",
    "prepare": "var(--jp-warn-color1,#b26a00)",
    "warning": "var(--jp-warn-color1,#b26a00)",
    "info": "var(--jp-info-color1,#0277bd)",
}


_CHOOSE = "Choose"


class NotebookScreen:
    """One output area that changes in place. Buttons put the answer where answer() waits for it."""

    def __init__(self, show: Callable[[Any], None] | None = None) -> None:
        self._answers: queue.Queue[Answer | Finish] = queue.Queue()
        self._status = widgets.HTML()
        self._findings = widgets.HTML()
        self._columns = widgets.Dropdown(
            description="Labels",
            style={"description_width": "initial"},
            layout=widgets.Layout(display="none", width="auto"),
        )
        self._columns.observe(lambda _: self._allow_choosing(), names="value")
        self._cards = widgets.Box(layout=widgets.Layout(display="none", flex_flow="row wrap"))
        self._bars = widgets.VBox()
        self._ranking = widgets.VBox()
        self._note = widgets.HTML()
        self._ending = widgets.HTML()
        self.root = widgets.VBox(
            [
                self._status,
                self._findings,
                self._columns,
                self._cards,
                self._bars,
                self._ranking,
                self._note,
                self._ending,
            ]
        )
        self._shown: dict[str, object] = {}
        (show or _display)(self.root)

    def draw(self, picture: Picture) -> None:
        self._change("status", (picture.status, picture.title, picture.going_on), self._draw_status)
        self._change("findings", (picture.findings, picture.sentences), self._draw_findings)
        self._change("columns", (picture.label_columns, picture.asking), self._draw_columns)
        self._change("cards", (picture.options, picture.asking, picture.chosen), self._draw_cards)
        self._change("bars", picture.bars, self._draw_bars)
        self._change("ranking", (picture.ranking, picture.asking), self._draw_ranking)
        self._change("note", picture.note, self._draw_note)
        self._change("ending", picture.ending, self._draw_ending)

    def answer(self, picture: Picture, seconds: float) -> Answer | Finish | None:
        del picture
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def wait(self, seconds: float) -> Finish | None:
        for button in _buttons(self._ranking):
            button.disabled = False
        try:
            pressed = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        return pressed if isinstance(pressed, Finish) else None

    def say(self, text: str) -> None:
        self._draw_note(text)

    def close(self) -> None:
        """Buttons that nobody listens to any more are taken away."""
        self._columns.disabled = True
        for box in (*self._cards.children, self._ranking):
            for button in _buttons(box):
                button.disabled = True

    def _change(self, part: str, value: Any, draw: Callable[[Any], None]) -> None:
        """Only what changed is sent to the browser."""
        if part not in self._shown or self._shown[part] != value:
            self._shown[part] = value
            draw(value)

    def _draw_status(self, value: tuple[str, str, bool]) -> None:
        status, title, going_on = value
        dots = " …" if going_on else ""
        self._status.value = f"<b>{escape(status)}{dots}</b> <span style='{_MUTED}'>{escape(title)}</span>"

    def _draw_findings(self, value: tuple[tuple[Finding, ...], tuple[str, ...]]) -> None:
        findings, sentences = value
        paragraphs = "".join(f"<p style='margin:4px 0;line-height:1.4'>{escape(one)}</p>" for one in sentences)
        self._findings.value = "".join(_finding_html(one) for one in findings) + paragraphs

    def _draw_columns(self, value: tuple[tuple[LabelColumn, ...], bool]) -> None:
        columns, asking = value
        self._columns.layout.display = "" if columns and asking else "none"
        self._columns.disabled = False
        offered: list[tuple[str, str | None]] = [(column_words(column), column.name) for column in columns]
        # Of several none is taken without a word.
        self._columns.options = offered if len(offered) == 1 else [("Choose their column", None), *offered]
        self._columns.value = self._columns.options[0][1]

    def _draw_cards(self, value: tuple[tuple[Option, ...], bool, Option | None]) -> None:
        options, asking, chosen = value
        if asking:
            self._cards.children = tuple(self._card(option) for option in options)
            self._allow_choosing()
        elif chosen:
            self._cards.children = (_chosen_card(chosen),)
        self._cards.layout.display = "flex" if asking or chosen else "none"

    def _card(self, option: Option) -> Any:
        button = widgets.Button(
            description=_CHOOSE if option.refusal is None else "Not on offer",
            tooltip=option.refusal or f"Run it: {option_name(option)}",
            disabled=option.refusal is not None,
            button_style="primary" if option.refusal is None else "",
            layout=widgets.Layout(width="auto", margin="8px 0 0 0"),
        )
        button.on_click(lambda _: self._take(Answer(option.where, option.prepare, self._columns.value)))
        _hear_while_the_cell_runs(button)
        return widgets.VBox([widgets.HTML(_option_html(option)), button], layout=_card_layout())

    def _allow_choosing(self) -> None:
        """Only with a column, where there are several."""
        lacks_column = self._columns.layout.display != "none" and self._columns.value is None
        for card in self._cards.children:
            for button in _buttons(card):
                button.disabled = lacks_column or button.description != _CHOOSE

    def _take(self, answer: Answer | Finish) -> None:
        self._answers.put(answer)
        self.close()

    def _draw_bars(self, bars: tuple[Bar, ...]) -> None:
        if len(bars) != len(self._bars.children):
            self._bars.children = tuple(_bar_widget() for _ in bars)
        for row, bar in zip(self._bars.children, bars, strict=True):
            label, drawn, text = row.children
            label.value, text.value = escape(bar.label), f"<span style='{_MUTED}'>{escape(bar.text)}</span>"
            drawn.value = bar.fraction or 0
            drawn.bar_style = "success" if bar.fraction == 1 else "info"

    def _draw_ranking(self, value: tuple[RankingSoFar | None, bool]) -> None:
        ranking, _asking = value
        if ranking is None:
            self._ranking.children = ()
            return
        words = widgets.HTML(
            f"<p style='margin:6px 0 0;line-height:1.4'>{escape(ranking.sentence)}</p>{_top_html(ranking.top)}"
        )
        self._ranking.children = (words,) if ranking.finish_with is None else (words, self._finish_button(ranking))

    def _finish_button(self, ranking: RankingSoFar) -> Any:
        button = widgets.Button(
            description=ranking.finish_words,
            tooltip=ranking.finish_meaning,
            button_style="success" if ranking.is_stable else "",
            layout=widgets.Layout(width="auto", align_self="flex-start", margin="8px 0 0 0"),
        )
        button.on_click(lambda _: self._take(Finish()))
        _hear_while_the_cell_runs(button)
        return button

    def _draw_note(self, note: str) -> None:
        self._note.value = f"<p style='margin:4px 0'>{escape(note)}</p>" if note else ""

    def _draw_ending(self, ending: Ending | None) -> None:
        self._ending.value = _ending_html(ending) if ending else ""


def _display(widget: Any) -> None:
    from IPython.display import display  # noqa: PLC0415  there is no IPython in a terminal

    display(widget)  # type: ignore[no-untyped-call,unused-ignore]


def _buttons(box: Any) -> list[Any]:
    return [child for child in box.children if isinstance(child, widgets.Button)]


def _hear_while_the_cell_runs(button: Any) -> None:
    """
    JupyterLab sends a press to a subshell of the kernel, beside the running cell. ipykernel 7.4 would send it on to
    where the button was last changed from (Comm._reply_subshell_for), which is the cell, and there it would wait for
    the cell's end.
    """
    if hasattr(button.comm, "_reply_subshell_for"):
        button.comm._reply_subshell_for = lambda _data, subshell_id: subshell_id


def _card_layout() -> Any:
    return widgets.Layout(
        border=_LINE,
        padding="10px 12px",
        margin="6px 8px 6px 0",
        width="262px",
        justify_content="space-between",
    )


def _bar_widget() -> Any:
    return widgets.HBox(
        [
            widgets.HTML(layout=widgets.Layout(width="120px")),
            widgets.FloatProgress(min=0, max=1, layout=widgets.Layout(width="320px")),
            widgets.HTML(layout=widgets.Layout(margin="0 0 0 10px")),
        ],
        layout=widgets.Layout(align_items="center"),
    )


def _finding_html(finding: Finding) -> str:
    colour = _COLOURS.get(finding.severity, "inherit")
    place = f"<span style='{_MUTED}'>{escape(finding.place)}: </span>" if finding.place else ""
    remedy = f"<br><span style='{_MUTED}'>→ {escape(finding.remedy)}</span>" if finding.remedy else ""
    return (
        f"<p style='margin:4px 0;padding-left:8px;border-left:3px solid {colour};line-height:1.4'>"
        f"<b style='color:{colour}'>{escape(finding.severity)}</b> {place}{escape(finding.message)}{remedy}</p>"
    )


def _option_html(option: Option) -> str:
    name = f"<b>{escape(option_name(option))}</b>"
    if option.refusal is not None:
        return f"<div style='line-height:1.4;{_MUTED}'>{name}<br>{escape(option.refusal)}</div>"
    parts = "".join(f"<br>{escape(line)}" for line in part_words(option))
    return (
        f"<div style='line-height:1.4'>{name}<br><span style='font-size:120%'>{time_words(option)}</span> · "
        f"<span style='font-size:120%'>{cost_words(option)}</span>"
        f"<div style='font-size:90%;{_MUTED}'>{escape(option.machines)}{parts}</div></div>"
    )


def _chosen_card(option: Option) -> Any:
    words = f"Chosen: <b>{escape(option_name(option))}</b> · {time_words(option)} · {cost_words(option)}"
    return widgets.VBox([widgets.HTML(f"{words} <span style='{_MUTED}'>({escape(option.machines)})</span>")])


def _ending_html(ending: Ending) -> str:
    colour = "var(--jp-success-color1,#2e7d32)" if ending.good else _COLOURS["error"]
    remedy = f"<br>→ {escape(ending.remedy)}" if ending.remedy else ""
    style = f"margin:6px 0;line-height:1.4;border-left:3px solid {colour};padding-left:8px"
    advice = "".join(f"<p style='margin:4px 0;line-height:1.4'>→ {escape(sentence)}</p>" for sentence in ending.advice)
    return f"<p style='{style}'>{escape(ending.message)}{remedy}</p>{_top_html(ending.top)}{advice}"


def _top_html(top: tuple[tuple[int, str, float], ...]) -> str:
    rows = "".join(
        f"<tr>{_cell(str(rank), 'right')}{_cell(escape(variant), 'left')}{_cell(f'{importance:#.4g}', 'right')}</tr>"
        for rank, variant, importance in top
    )
    names = (("rank", "right"), ("variant", "left"), ("importance", "right"))
    head = f"<tr>{''.join(_cell(f'<b>{name}</b>', side) for name, side in names)}</tr>"
    return f"<table style='margin-top:6px'>{head}{rows}</table>" if rows else ""


def _cell(text: str, side: str) -> str:
    return f"<td style='text-align:{side};padding:0 16px 0 0;line-height:1.5'>{text}</td>"
