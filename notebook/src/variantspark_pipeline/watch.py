"""Follows a run on a screen until it has ended. A lost connection is waited out; an interrupt leaves the run going."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from .errors import PipelineError, UnknownLabelColumn
from .picture import picture_of
from .screens.screen import Finish, NobodyToAsk, in_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .run import Run
    from .screens.screen import Answer, Screen
    from .view import RunView

_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 10.0


def watch(run: Run, screen: Screen, block: bool | None) -> None:
    """@param block None = where a button can be pressed while the cell lasts"""
    followed = Watch(run, screen)
    if block if block is not None else not in_notebook() or buttons_work_while_a_cell_runs():
        followed.follow()
    else:
        threading.Thread(target=_in_background, args=(followed, screen), name=f"watch {run.id}", daemon=True).start()


class Watch:
    """@param folder for the files of a local run, see Run.run_locally"""

    def __init__(
        self,
        run: Run,
        screen: Screen,
        *,
        folder: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._run = run
        self._screen = screen
        self._folder = folder
        self._sleep = sleep
        self._clock = clock
        self._begun = clock()
        self._phase: tuple[str, str] = ("", "")
        self._phase_since = self._begun
        self._losses = 0
        self._note = ""

    def follow(self) -> None:
        """Returns when the run has ended, when somebody interrupts, or when there is a question and nobody to ask."""
        try:
            while self._look():
                pass
        except KeyboardInterrupt:
            self._screen.say(f"The run goes on. Come back to it with pipeline.run('{self._run.id}').watch()")
        except NobodyToAsk:
            self._screen.say(f"It waits for your choice: {self._how_to_choose()}")
        finally:
            self._screen.close()

    def _look(self) -> bool:
        """One look at the run, and the pause after it. @returns whether to go on"""
        view = self._view()
        if view is None:
            return True
        picture = picture_of(view, self._seconds_in_phase(view), self._note)
        self._screen.draw(picture)
        if view.is_final:
            return False
        if view.is_asking:
            answer = self._screen.answer(picture, self._pause())
            if answer:
                self._take(answer)
        elif view.state == "AwaitLocal" and self._run.is_for_this_machine:
            self._run.compute_here(self._screen, self._folder)
        else:
            self._note = self._hint(view)
            self._let_pass(self._pause(), view)
        return True

    def _let_pass(self, seconds: float, view: RunView) -> None:
        if not view.can_finish:
            self._sleep(seconds)
        elif pressed := self._screen.wait(seconds):
            self._take(pressed)

    def _view(self) -> RunView | None:
        """None after an attempt that may succeed later; the longer it lasts, the rarer they are."""
        try:
            view = self._run.refresh()
        except PipelineError as error:
            if not error.retryable:
                raise
            self._losses += 1
            pause = min(2.0**self._losses, 30.0)
            self._screen.say(f"{error.detail} The run goes on; looking again in {pause:.0f} s.")
            self._sleep(pause)
            return None
        if self._losses:
            self._screen.say("The connection is back.")
        self._losses = 0
        return view

    def _take(self, answer: Answer | Finish) -> None:
        try:
            if isinstance(answer, Finish):
                self._run.finish()
            else:
                self._run.choose(answer.where, prepare=answer.prepare, label_column=answer.label_column)
            self._note = ""
        except PipelineError as error:
            if error.status is None or error.status >= 500:
                raise
            # For example answered elsewhere a moment ago.
            if isinstance(answer, Finish):
                self._screen.say(error.detail)
            else:
                # A screen offers the columns that the server told of.
                remedy = f" {error.remedy}" if isinstance(error, UnknownLabelColumn) else ""
                self._note = error.detail + remedy

    def _hint(self, view: RunView) -> str:
        if view.state == "AwaitLocal":
            return f"To compute it on this machine: pipeline.run('{view.id}').run_locally()"
        return ""

    def _how_to_choose(self) -> str:
        view = self._run.refresh()
        options = [option for option in view.options if option.refusal is None]
        column = ", label_column='…'" if view.label_columns else ""
        calls = [f"run.choose('{one.where}'{', prepare=True' if one.prepare else ''}{column})" for one in options]
        calls += ["run.finish()"] if view.can_finish else []
        return " or ".join(calls)

    def _seconds_in_phase(self, view: RunView) -> float:
        progress = view.progress
        phase = (view.state, f"{progress.phase} {progress.trees_done}" if progress else "")
        if phase != self._phase:
            self._phase, self._phase_since = phase, self._clock()
        return self._clock() - self._phase_since

    def _pause(self) -> float:
        """Grows with the age of the watch: 1 s in the first minute, 10 s after ten."""
        return min(max((self._clock() - self._begun) / 60, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def _in_background(followed: Watch, screen: Screen) -> None:
    """There is no cell that could show an error."""
    try:
        followed.follow()
    except PipelineError as error:
        screen.say(str(error))


def buttons_work_while_a_cell_runs() -> bool:
    """From version 7 on the kernel takes messages of widgets on a subshell, and JupyterLab sends them there. VS Code
    does not; it tells the kernel of its notebook by a variable of this name."""
    ipykernel, ipython = sys.modules.get("ipykernel"), sys.modules.get("IPython")
    version = str(getattr(ipykernel, "__version__", "0")).split(".", maxsplit=1)[0]
    shell = ipython.get_ipython() if ipython is not None else None
    in_vs_code = "VSCODE_PID" in os.environ or "__vsc_ipynb_file__" in getattr(shell, "user_ns", {})
    return version.isdigit() and int(version) >= 7 and not in_vs_code
