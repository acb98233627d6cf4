"""The same pictures as widgets and as text."""

from __future__ import annotations

import io
from typing import Any

import documents
import ipywidgets as widgets
import pytest
from rich.console import Console

from variantspark_pipeline.picture import Bar, Picture, picture_of, sentences_beside_options
from variantspark_pipeline.screens.notebook_screen import NotebookScreen
from variantspark_pipeline.screens.screen import Answer, Finish, NobodyToAsk
from variantspark_pipeline.screens.terminal_screen import TerminalScreen
from variantspark_pipeline.view import read_run

FINDING = {
    "severity": "warning",
    "code": "x",
    "file": "a<b>.vcf",
    "line": 12,
    "message": "Something & more.",
    "remedy": "Do it.",
}
MESSAGE = (
    "1,988 variants of 1,092 samples. AWS on spot nodes: 2 min to 7 min, $0.009 to $0.031. "
    "AWS on on-demand nodes is not on offer: too small. Your own machine: 19 s to 63 s, free of charge. "
    "Preparing first pays: 6.5 min in all instead of 2.0 h, and later runs of the same data skip it."
)


def question() -> Picture:
    document = documents.asking(
        documents.option(),
        documents.option("aws-on-demand", refusal="too <small>"),
        documents.option("local"),
        message=MESSAGE,
    )
    return picture_of(read_run(document | {"findings": [FINDING]}))


def texts(widget: Any) -> str:
    inner = "".join(texts(child) for child in getattr(widget, "children", ()))
    return f"{getattr(widget, 'value', '')}{getattr(widget, 'description', '')}{inner}"


def buttons(widget: Any) -> list[Any]:
    found = [widget] if isinstance(widget, widgets.Button) else []
    return found + [button for child in getattr(widget, "children", ()) for button in buttons(child)]


@pytest.fixture
def shown() -> list[Any]:
    return []


@pytest.fixture
def notebook(shown: list[Any]) -> NotebookScreen:
    return NotebookScreen(shown.append)


def test_the_message_is_shown_without_what_the_options_say_themselves() -> None:
    assert sentences_beside_options(MESSAGE) == (
        "1,988 variants of 1,092 samples.",
        "Preparing first pays: 6.5 min in all instead of 2.0 h, and later runs of the same data skip it.",
    )


def test_a_notebook_shows_findings_and_a_button_for_each_option(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(question())
    text = texts(shown[0])
    for words in (
        "Preparing first pays",
        "line 12",
        "→ Do it.",
        "2 – 7 min",
        "$0.008 – $0.032",
        "3 × r6a.xlarge",
        "free of charge",
    ):
        assert words in text
    assert "a&lt;b&gt;.vcf" in text
    assert "too &lt;small&gt;" in text
    assert "<b>.vcf" not in text
    assert [button.disabled for button in buttons(shown[0])] == [False, True, False]


def test_the_own_cluster_is_an_option_where_a_run_offers_it(notebook: NotebookScreen, shown: list[Any]) -> None:
    message = "1,988 variants of 1,092 samples. Your own cluster: 2 min to 7 min, no charge from AWS."
    asked = picture_of(read_run(documents.asking(documents.option("cluster"), message=message)))
    notebook.draw(asked)
    text = texts(shown[0])
    for words in ("Your own cluster", "3 nodes of your cluster", "no charge from AWS"):
        assert words in text
    assert asked.sentences == ("1,988 variants of 1,092 samples.",)
    buttons(shown[0])[0].click()
    assert notebook.answer(asked, 1) == Answer("cluster", False)


def test_a_run_on_the_own_cluster_says_what_preparing_cost_and_nothing_where_nothing_was_paid() -> None:
    document = documents.succeeded("cluster")
    paid = picture_of(read_run(document)).ending
    document["result"]["costUsd"] = {"predicted": 0, "actual": 0}
    free = picture_of(read_run(document)).ending
    assert paid
    assert free
    assert "and cost $0.003" in paid.message
    assert "It took 40 s (predicted: 3 min)." in free.message


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>[red]\x1b[2J\x9b2J\u202e"


def hostile() -> Picture:
    finding = dict.fromkeys(("code", "file", "message", "remedy"), HOSTILE) | {"severity": "error"}
    top = [{"rank": 1, "variant": HOSTILE, "importance": 1.0}]
    failure = {"code": "x", "message": HOSTILE, "remedy": HOSTILE}
    document = documents.succeeded() | {"id": HOSTILE, "findings": [finding], "failure": failure, "state": "Failed"}
    return picture_of(read_run(document | {"result": {**documents.succeeded()["result"], "top": top}}))


def test_a_script_in_any_name_is_shown_in_a_notebook_and_never_run(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(hostile())
    text = texts(shown[0])
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "<img" not in text


def test_names_reach_a_terminal_without_the_characters_that_move_its_cursor() -> None:
    screen, out = text_screen()
    screen.draw(hostile())
    text = out.getvalue()
    assert "<script>alert(1)</script>" in text
    assert not any(character in text for character in ("\x1b", "\x9b", "\u202e"))


def test_a_press_is_the_answer_and_there_is_only_one(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(question())
    assert notebook.answer(question(), 0.01) is None
    buttons(shown[0])[2].click()
    assert notebook.answer(question(), 1) == Answer("local", False)
    assert all(button.disabled for button in buttons(shown[0]))


def several_columns() -> Picture:
    candidates = [{"column": "case", "classes": [1500, 40]}, {"column": "sex<b>", "classes": [20, 80]}]
    return picture_of(read_run(documents.asking() | {"inspection": {"labelCandidates": candidates}}))


def dropdowns(widget: Any) -> list[Any]:
    found = [widget] if isinstance(widget, widgets.Dropdown) and widget.layout.display != "none" else []
    return found + [inner for child in getattr(widget, "children", ()) for inner in dropdowns(child)]


def test_of_several_columns_one_is_chosen_before_a_button_can_be_pressed(
    notebook: NotebookScreen, shown: list[Any]
) -> None:
    notebook.draw(several_columns())
    (columns,) = dropdowns(shown[0])
    assert [label for label, _ in columns.options] == [
        "Choose their column",
        "case (1,500 of class 0, 40 of class 1)",
        "sex<b> (20 of class 0, 80 of class 1)",
    ]
    assert [button.disabled for button in buttons(shown[0])] == [True, True]
    columns.value = "sex<b>"
    assert [button.disabled for button in buttons(shown[0])] == [False, False]
    buttons(shown[0])[1].click()
    assert notebook.answer(several_columns(), 1) == Answer("local", False, "sex<b>")
    assert columns.disabled


def test_there_is_nothing_to_choose_from_where_the_column_is_known(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(question())
    assert dropdowns(shown[0]) == []
    notebook.draw(picture_of(read_run(documents.chosen("Provision"))))
    assert dropdowns(shown[0]) == []


def test_the_only_column_stands_there_already(notebook: NotebookScreen, shown: list[Any]) -> None:
    candidates = [{"column": "case", "classes": [60, 40]}]
    notebook.draw(picture_of(read_run(documents.asking() | {"inspection": {"labelCandidates": candidates}})))
    assert dropdowns(shown[0])[0].value == "case"
    buttons(shown[0])[0].click()
    assert notebook.answer(question(), 1) == Answer("aws-spot", False, "case")


def test_a_button_is_heard_where_the_browser_sends_it_while_the_cell_runs(
    notebook: NotebookScreen, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """ipykernel 7.4 asks the comm of a widget where its messages go."""

    class Comm:
        comm_id = "x"

        def _reply_subshell_for(self, data: Any, default: str) -> str:
            return "the busy cell"

        def on_msg(self, _: Any) -> None: ...
        def send(self, **_: Any) -> None: ...
        def close(self, **_: Any) -> None: ...

    monkeypatch.setattr("comm.create_comm", lambda **_: Comm())
    notebook.draw(question())
    assert buttons(shown[0])[0].comm._reply_subshell_for({}, "the subshell") == "the subshell"


def test_only_what_changed_is_sent_to_the_browser(notebook: NotebookScreen, shown: list[Any]) -> None:
    first = picture_of(
        read_run(documents.chosen("Observe", progress={"phase": "growing-trees", "treesDone": 1, "treesTotal": 5}))
    )
    second = picture_of(
        read_run(documents.chosen("Observe", progress={"phase": "growing-trees", "treesDone": 2, "treesTotal": 5}))
    )
    notebook.draw(first)
    rows = shown[0].children[4].children
    notebook.draw(second)
    assert shown[0].children[4].children is rows
    assert rows[2].children[1].value == pytest.approx(0.4)


def text_screen() -> tuple[TerminalScreen, io.StringIO]:
    out = io.StringIO()
    return TerminalScreen(Console(file=out, width=200, highlight=False)), out


def test_without_a_terminal_each_change_is_a_line() -> None:
    screen, out = text_screen()
    screen.draw(question())
    screen.draw(question())
    for done in (100, 100, 200):
        progress = {"phase": "growing-trees", "treesDone": done, "treesTotal": 500}
        screen.draw(picture_of(read_run(documents.chosen("Observe", progress=progress, secondsLeft=9))))
    screen.draw(picture_of(read_run(documents.succeeded())))
    text = out.getvalue()
    assert text.count("Something & more.") == 1
    assert text.count("AWS on spot nodes") == 1
    assert "not on offer: too <small>" in text
    assert text.count("Trees: 100 of 500, about 9 s left") == 1
    assert "It took 40 s (predicted: 3 min) and cost $0.003 (predicted: $0.016)." in text
    assert "22_16050408_T_C" in text
    assert "→ Half of the memory would do." in text


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_keyboard_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    with pytest.raises(NobodyToAsk):
        text_screen()[0].answer(question(), 1)


def test_a_person_at_a_terminal_types_the_number_of_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("2\n3\n"))
    screen, out = text_screen()
    assert screen.answer(question(), 1) == Answer("local", False)
    assert "select one of the available options" in out.getvalue()


def test_a_person_at_a_terminal_types_the_number_of_a_column_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("1\n2\n"))
    screen, out = text_screen()
    assert screen.answer(several_columns(), 1) == Answer("aws-spot", False, "sex<b>")
    assert "1  case (1,500 of class 0, 40 of class 1)" in out.getvalue()


@pytest.mark.parametrize(
    ("uploads", "status"),
    [
        ([], "Waiting until the upload is complete"),
        (["s/b.vcf.gz"], "Waiting until the upload of b.vcf.gz is complete, at most until"),
        (["s/b.vcf.gz", "s/c.vcf.gz"], "Waiting until the upload of b.vcf.gz and of 1 more is complete, at most until"),
    ],
)
def test_uploads_that_are_waited_for_are_named(uploads: list[str], status: str) -> None:
    listed = [{"key": key, "waitedUntil": "2026-01-02T03:04:05.678Z"} for key in uploads]
    shown = picture_of(read_run(documents.run("Settle", waiting={"uploads": listed}))).status
    assert shown.startswith(status)
    assert picture_of(read_run(documents.run("Inspect", waiting={"uploads": listed}))).status == "Inspecting the files"


@pytest.mark.parametrize(
    ("document", "bars"),
    [
        (documents.run("Estimate"), []),
        (documents.chosen("Provision"), [("Start nodes", None), ("Load and cache", 0), ("Trees", 0), ("Result", 0)]),
        (
            documents.chosen("Observe", progress={"phase": "loading", "treesTotal": 9}),
            [("Start nodes", 1), ("Load and cache", None), ("Trees", 0), ("Result", 0)],
        ),
        (
            documents.chosen("Convert", slices=8, slicesDone=2) | {"choice": {"where": "aws-spot", "prepare": True}},
            [("Prepare", 0.25)],
        ),
        (documents.chosen("AwaitLocal", "local"), []),
        (documents.succeeded("local"), [("Start Spark", 1), ("Load and cache", 1), ("Trees", 1), ("Result", 1)]),
    ],
)
def test_each_state_has_its_bars(document: dict[str, Any], bars: list[tuple[str, float | None]]) -> None:
    assert [(bar.label, bar.fraction) for bar in picture_of(read_run(document)).bars] == bars


@pytest.mark.parametrize(
    ("done", "seconds_in_phase", "left", "fraction"),
    [
        (0, 0, 40, 0),
        (0, 10, 30, 0.25),
        # Later than predicted: not all that is being grown can be said to be grown.
        (0, 90, 0, 0.95),
        (400, 0, 10, 0.8),
        (400, 5, 5, 0.9),
        (400, 50, 1, 0.99),
    ],
)
def test_between_two_batches_the_trees_go_on_as_predicted(
    done: int, seconds_in_phase: float, left: float, fraction: float
) -> None:
    progress = {"phase": "growing-trees", "treesDone": done, "treesTotal": 500}
    view = read_run(documents.chosen("Observe", progress=progress, secondsLeft=left))
    trees = next(bar for bar in picture_of(view, seconds_in_phase).bars if bar.label == "Trees")
    assert trees.fraction == pytest.approx(fraction)
    assert trees.text.startswith(f"{done} of 500")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {
            "id": "x",
            "state": "SomethingNew",
            "estimate": None,
            "history": "?",
            "progress": 3,
            "findings": [1],
            "choice": [],
        },
    ],
)
def test_an_answer_of_another_version_does_no_harm(document: dict[str, Any], notebook: NotebookScreen) -> None:
    picture = picture_of(read_run(document))
    notebook.draw(picture)
    text_screen()[0].draw(picture)
    assert picture.ending is None


def test_richer_options_show_their_parts() -> None:
    rich_option = documents.option() | {
        "costParts": {"nodesUsd": {"low": 0, "expected": 0.01, "high": 1}, "clusterUsd": 0.2}
    }
    screen, out = text_screen()
    screen.draw(picture_of(read_run(documents.asking(rich_option))))
    assert "nodes $0.010 + cluster $0.20" in out.getvalue()


def test_a_bar_of_which_nothing_is_known_is_empty_and_not_full(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(Picture("run-1", "Starting nodes", bars=(Bar("Start nodes", None, "usually 3 min"),)))
    assert shown[0].children[4].children[0].children[1].value == 0


def growing(state: str = "Observe", *, grown: int = 4, **members: Any) -> Picture:
    stability = members.pop("stability", documents.stability(0.9, 6))
    parts = {name: members.pop(name) for name in ("finishAskedAt", "leftBecause") if name in members}
    chunks = documents.chunks(grown, stability=stability if grown > 1 else None, **parts)
    return picture_of(read_run(documents.chosen(state, chunks=chunks, **members)))


@pytest.mark.parametrize(
    ("stability", "words"),
    [
        (None, ""),
        (
            documents.stability(0.9, 6),
            " Both halves of the forest share 18 of their first 20; the first 6 are the same.",
        ),
        (documents.stability(0.9, 1), " Both halves of the forest share 18 of their first 20; the first is the same."),
        (
            documents.stability(0, 0),
            " Both halves of the forest share 0 of their first 20; they differ from the first on.",
        ),
        (
            documents.stability(6 / 7, 2, compared=7),
            " Both halves of the forest share 6 of their first 7; the first 2 are the same.",
        ),
        (
            documents.stability(1, 20, converged=True),
            " Both halves of the forest share 20 of their first 20; the first 20 are the same. The ranking is stable.",
        ),
    ],
)
def test_the_ranking_so_far_says_how_far_it_may_be_trusted(stability: dict[str, Any] | None, words: str) -> None:
    ranking = growing(stability=stability).ranking
    assert ranking is not None
    assert ranking.sentence == f"After 400 of 1,000 trees these 5 variants come first.{words}"
    assert [rank for rank, _, _ in ranking.top] == [1, 2, 3, 4, 5]


def test_before_the_first_chunk_and_for_a_forest_in_one_piece_there_is_no_ranking_so_far() -> None:
    assert growing(grown=0).ranking is None
    assert picture_of(read_run(documents.chosen("Observe"))).ranking is None
    local = documents.chosen("AwaitLocal", "local", chunks=documents.chunks(3))
    assert picture_of(read_run(local)).ranking is None


@pytest.mark.parametrize("state", ["Provision", "Launch", "Observe", "Merge", "Heal"])
def test_a_notebook_has_a_button_to_finish_with_what_has_grown(
    state: str, notebook: NotebookScreen, shown: list[Any]
) -> None:
    notebook.draw(growing(state))
    (button,) = buttons(shown[0])
    assert button.description == "Finish now with 400 trees"
    assert "22_1_A_&lt;b&gt;" in texts(shown[0])
    assert notebook.wait(0.01) is None
    button.click()
    assert button.disabled
    assert notebook.wait(1) == Finish()
    # Had it not been taken, it could be pressed again.
    assert not button.disabled
    notebook.draw(growing(state, finishAskedAt="2026-01-02T03:04:05.678Z"))
    assert buttons(shown[0]) == []
    assert "The run ends with these trees, as was asked." in texts(shown[0])


def test_the_button_says_that_the_ranking_is_stable(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(growing(stability=documents.stability(1, 20, converged=True)))
    (button,) = buttons(shown[0])
    assert button.description == "Finish now with 400 trees (the ranking is stable)"
    assert button.tooltip.startswith("More trees are not expected to change the first 20 variants.")


@pytest.mark.parametrize(("state", "grown"), [("Report", 4), ("Merge", 10), ("Release", 10)])
def test_what_cannot_be_finished_any_more_has_no_button(
    state: str, grown: int, notebook: NotebookScreen, shown: list[Any]
) -> None:
    notebook.draw(growing(state, grown=grown))
    assert buttons(shown[0]) == []
    assert "these 5 variants come first" in texts(shown[0])


def asking_again() -> Picture:
    document = documents.asking(documents.option(), message="The trees take more than was approved.")
    return picture_of(read_run(document | {"chunks": documents.chunks(6, planned=8)}))


def test_a_question_whether_to_go_on_can_be_answered_with_finishing(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(asking_again())
    choose, finish = buttons(shown[0])
    finish.click()
    assert notebook.answer(asking_again(), 1) == Finish()
    assert choose.disabled
    assert finish.disabled


def test_a_choice_to_go_on_leaves_the_button_to_finish_usable(notebook: NotebookScreen, shown: list[Any]) -> None:
    notebook.draw(asking_again())
    buttons(shown[0])[0].click()
    notebook.draw(growing("Provision", grown=6))
    (finish,) = buttons(shown[0])
    assert not finish.disabled


def test_a_person_at_a_terminal_may_answer_with_finishing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("f\n"))
    screen, out = text_screen()
    screen.draw(asking_again())
    assert screen.answer(asking_again(), 1) == Finish()
    assert "f  Finish now with 600 trees" in out.getvalue()
    # Offered only where there is something to finish.
    monkeypatch.setattr("sys.stdin", Keyboard("f\n1\n"))
    assert screen.answer(question(), 1) == Answer("aws-spot", False)


def test_text_tells_each_ranking_once_and_how_to_finish() -> None:
    screen, out = text_screen()
    for grown in (0, 3, 3, 4):
        screen.draw(growing(grown=grown))
    text = out.getvalue()
    assert text.count("After 300 of 1,000 trees") == 1
    assert text.count("After 400 of 1,000 trees") == 1
    assert "Finish now with 400 trees: run.finish()" in text
    assert text.count("22_5_A_<b>") == 2


def test_a_terminal_shows_the_ranking_below_the_bars() -> None:
    out = io.StringIO()
    screen = TerminalScreen(Console(file=out, width=120, height=40, force_terminal=True, highlight=False))
    screen.draw(growing())
    screen.close()
    assert "Both halves of the forest share 18 of their first 20" in out.getvalue()
    assert "Finish now with 400 trees: run.finish()" in out.getvalue()


@pytest.mark.parametrize(
    ("state", "progress", "trees", "result"),
    [
        # Before the next job has told anything.
        ("Launch", None, (0.4, "400 of 1000"), 0),
        ("Observe", {"phase": "loading", "treesDone": 400}, (0.4, "400 of 1000, about 60 s left"), 0),
        ("Observe", {"phase": "growing-trees", "treesDone": 450}, (0.45, "450 of 1000, about 60 s left"), 0),
        # The job has ended, the forest has not.
        ("Observe", {"phase": "finished", "treesDone": 500}, (0.5, "500 of 1000, about 60 s left"), 0),
        ("Merge", {"phase": "finished", "treesDone": 500}, (0.5, "500 of 1000, about 60 s left"), 0),
        ("Report", {"phase": "growing-trees", "treesDone": 450}, (0.4, "400 of 1000"), None),
        ("Succeeded", {"phase": "growing-trees", "treesDone": 450}, (0.4, "400 of 1000"), 1),
    ],
)
def test_bars_are_of_the_whole_forest(
    state: str, progress: dict[str, Any] | None, trees: tuple[float, str], result: float | None
) -> None:
    told: dict[str, Any] = {"progress": {"treesTotal": 1000, "treeSeconds": 5, **progress}} if progress else {}
    *_, trees_bar, result_bar = growing(state, **told, **({"secondsLeft": 60} if progress else {})).bars
    assert trees_bar.fraction == pytest.approx(trees[0])
    assert trees_bar.text == trees[1]
    assert result_bar.fraction == result


def test_the_pace_of_one_job_is_not_taken_for_that_of_all_trees() -> None:
    progress = {"phase": "growing-trees", "treesDone": 450, "treesTotal": 1000, "treeSeconds": 5}
    assert growing(progress=progress).bars[2].text == "450 of 1000"


def test_a_forest_that_was_left_early_says_so_at_its_end() -> None:
    left = documents.chunks(4, leftBecause="Its researcher left it at what had grown.")
    ending = picture_of(read_run(documents.succeeded() | {"chunks": left})).ending
    assert ending is not None
    assert ending.message.endswith("400 of 1,000 trees were grown. Its researcher left it at what had grown.")
    whole = picture_of(read_run(documents.succeeded() | {"chunks": documents.chunks(10)})).ending
    assert whole is not None
    assert "trees were grown" not in whole.message
