"""What a watcher sees and does while a run goes through its states."""

from __future__ import annotations

from typing import Any

import documents
import pytest
from fake_cloud import FakeCloud, problem
from recording_screen import RecordingScreen

from variantspark_pipeline import Pipeline, Run, errors
from variantspark_pipeline.screens.screen import Answer, Finish
from variantspark_pipeline.watch import Watch


@pytest.fixture
def run(cloud: FakeCloud, pipeline: Pipeline) -> Run:
    cloud.runs = [documents.run("Inspect")]
    return pipeline.start("chr22")


def follow(run: Run, screen: RecordingScreen) -> list[float]:
    """@returns the pauses that were made"""
    pauses: list[float] = []
    Watch(run, screen, sleep=pauses.append).follow()
    return pauses


def progress(phase: str, **members: Any) -> dict[str, Any]:
    return documents.chosen("Observe", progress={"phase": phase, "treesDone": 0, "treesTotal": 500, **members})


def test_the_whole_way_with_the_choice_made_by_a_person(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    screen.answers = [Answer("aws-spot", False)]
    cloud.runs = [
        documents.run("Inspect"),
        documents.asking(),
        documents.asking(),
        documents.chosen("Provision"),
        progress("caching", cachedFraction=0.5),
        progress("growing-trees", treesDone=100, treeSeconds=10, cachedFraction=1),
        documents.succeeded(),
    ]
    follow(run, screen)
    assert cloud.requests("POST", "/runs/run-1/choice")[0].json == {"option": "aws-spot", "prepare": False}
    statuses = [picture.status for picture in screen.pictures]
    assert list(dict.fromkeys(statuses)) == [
        "Inspecting the files",
        "Your choice",
        "Starting nodes",
        "VariantSpark is running",
        "Succeeded",
    ]
    caching, growing, ended = screen.pictures[-3:]
    assert [bar.text for bar in caching.bars][1] == "50 % of the data in memory"
    assert growing.bars[2].text == "100 of 500, about 45 s left"
    assert ended.ending is not None
    assert ended.ending.top == ((1, "22_16050408_T_C", 33.951),)
    assert screen.closed


def test_the_size_of_this_machine_goes_with_the_question(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    cloud.runs = [documents.succeeded()]
    follow(run, screen)
    query = cloud.requests("GET", "/runs/run-1")[0].query
    assert int(query["cores"][0]) > 0
    assert float(query["memoryGiB"][0]) > 0


def test_a_lost_connection_is_picked_up_again(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    cloud.answers["GET /runs/run-1"] = [None, None, None, problem("internal", 500, retryable=True)]
    cloud.runs = [documents.succeeded()]
    pauses = follow(run, screen)
    assert screen.pictures[-1].status == "Succeeded"
    assert len(screen.said) >= 2
    assert "looking again in 2 s" in screen.said[0]
    assert screen.said[-1] == "The connection is back."
    assert pauses == sorted(pauses)


def test_the_column_that_was_chosen_goes_with_the_choice(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    screen.answers = [Answer("aws-spot", False, "case")]
    cloud.runs = [documents.asking(), documents.chosen("Provision"), documents.succeeded()]
    follow(run, screen)
    choice = {"option": "aws-spot", "prepare": False, "labelColumn": "case"}
    assert cloud.requests("POST", "/runs/run-1/choice")[0].json == choice


def test_who_is_not_there_is_told_that_a_column_belongs_to_the_choice(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    candidates = [{"column": "case", "classes": [60, 40]}, {"column": "sex", "classes": [20, 80]}]
    cloud.runs = [documents.asking() | {"inspection": {"labelCandidates": candidates}}]
    follow(run, screen)
    assert "run.choose('aws-spot', label_column='…')" in screen.said[-1]


def test_expired_credentials_end_the_watch_and_not_the_run(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    expired = {"message": "The security token included in the request is expired"}
    cloud.answers["GET /runs/run-1"] = [(403, expired)]
    with pytest.raises(errors.CredentialsExpired, match="runs go on without you"):
        follow(run, screen)
    assert cloud.requests("DELETE", ".*") == []


def test_an_interrupt_leaves_the_run_running_and_says_how_to_come_back(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    Watch(run, screen, sleep=interrupt).follow()
    assert screen.said == ["The run goes on. Come back to it with pipeline.run('run-1').watch()"]
    assert screen.closed
    assert cloud.requests("DELETE", ".*") == []


def test_where_nobody_can_be_asked_it_says_how_to_answer(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    refused = documents.option("aws-on-demand", refusal="too small")
    cloud.runs = [documents.asking(documents.option(), refused, documents.option(prepare=True))]
    follow(run, screen)
    assert screen.said == ["It waits for your choice: run.choose('aws-spot') or run.choose('aws-spot', prepare=True)"]


def test_an_answer_that_came_too_late_is_said_and_the_watch_goes_on(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    screen.answers = [Answer("aws-spot", False)]
    cloud.answers["POST /runs/run-1/choice"] = [problem("already-chosen", 409)]
    cloud.runs = [documents.asking(), documents.asking(), documents.chosen("Provision"), documents.succeeded()]
    follow(run, screen)
    assert any(picture.note == "detail of already-chosen." for picture in screen.pictures) or screen.said
    assert screen.pictures[-1].status == "Succeeded"


def test_a_button_that_names_no_label_column_says_how_to_name_one(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    screen.answers = [Answer("aws-spot", False)]
    cloud.answers["POST /runs/run-1/choice"] = [problem("unknown-label-column", 400)]
    cloud.runs = [documents.asking(), documents.asking(), documents.chosen("Provision"), documents.succeeded()]
    follow(run, screen)
    assert any("label_column='" in picture.note for picture in screen.pictures)


def test_a_question_that_was_answered_is_not_asked_again(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    cloud.runs = [documents.chosen("Ask"), documents.chosen("Provision"), documents.succeeded()]
    follow(run, screen)
    assert screen.said == []
    assert [picture.asking for picture in screen.pictures] == [False, False, False]


def test_a_superseded_run_gives_way_to_the_newer_one(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    cloud.runs = [documents.run("Superseded", supersededBy="run-2"), documents.succeeded() | {"id": "run-2"}]
    follow(run, screen)
    assert run.id == "run-2"
    assert [picture.title for picture in screen.pictures] == ["run-2"]


def test_a_script_chooses_as_soon_as_there_is_a_question(run: Run, cloud: FakeCloud) -> None:
    cloud.runs = [documents.run("Settle"), documents.run("Estimate"), documents.asking()]
    run.choose("aws-on-demand", prepare=True)
    assert cloud.requests("POST", "/runs/run-1/choice")[0].json == {"option": "aws-on-demand", "prepare": True}


def test_a_choice_names_the_label_column_where_it_is_asked_for(run: Run, cloud: FakeCloud) -> None:
    cloud.runs = [documents.asking()]
    run.choose("aws-spot", label_column="status")
    sent = cloud.requests("POST", "/runs/run-1/choice")[0].json
    assert sent == {"option": "aws-spot", "prepare": False, "labelColumn": "status"}


def test_a_choice_for_a_study_that_was_rejected_says_why(run: Run, cloud: FakeCloud) -> None:
    finding = {"severity": "error", "message": "a.vcf is empty.", "remedy": "Upload it again.", "file": "a.vcf"}
    cloud.runs = [documents.run("Failed", findings=[finding])]
    with pytest.raises(errors.RunFailed, match=r"a\.vcf is empty"):
        run.choose("aws-spot")


def test_again_takes_the_parameters_along_but_not_the_answer(run: Run, cloud: FakeCloud) -> None:
    document = documents.succeeded()
    document["analysis"] |= {"where": "aws-spot", "budgetUsd": 1, "maxDepth": 9}
    # Asked a moment after its start, the pipeline knows no more than this.
    cloud.runs = [{"id": "run-1", "state": "Settle"}, document]
    run.again(trees=7)
    sent = cloud.requests("POST", "/runs")[-1].json
    assert sent["prefix"] == "chr22/"
    assert sent["analysis"] == {
        "labelColumn": "case", "trees": 7, "mtryFraction": 0.1, "batchSize": 100, "seed": 13, "maxDepth": 9,
    }  # fmt: skip


def test_cancel_is_repeated_until_everything_is_given_back(
    run: Run, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    cloud.answers["DELETE /runs/run-1"] = [
        (202, {"released": False}),
        (202, {"released": False}),
        (200, {"released": True}),
    ]
    run.cancel()
    assert len(cloud.requests("DELETE", "/runs/run-1")) == 3


def growing(grown: int, **members: Any) -> dict[str, Any]:
    return documents.chosen("Observe", chunks=documents.chunks(grown, **members))


def test_a_press_finishes_a_forest_and_the_watch_goes_on(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    screen.presses = [None, Finish()]
    finishing = growing(4, finishAskedAt="2026-01-02T03:04:05.678Z")
    cloud.runs = [growing(0), growing(3), growing(4), finishing, documents.succeeded()]
    pauses = follow(run, screen)
    assert len(cloud.requests("POST", "/runs/run-1/finish")) == 1
    offered = [picture.ranking.finish_with if picture.ranking else None for picture in screen.pictures]
    assert offered == [None, 300, 400, None, None]
    # Where nothing can be pressed, the watch pauses by itself.
    assert len(pauses) == 2


def test_a_press_that_came_too_late_is_said_and_the_watch_goes_on(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    screen.presses = [Finish()]
    cloud.answers["POST /runs/run-1/finish"] = [problem("nothing-grown", 409)]
    cloud.runs = [growing(9), documents.succeeded()]
    follow(run, screen)
    assert screen.said == ["detail of nothing-grown."]
    assert screen.pictures[-1].status == "Succeeded"


def asking_again() -> dict[str, Any]:
    return documents.asking(documents.option()) | {"chunks": documents.chunks(6)}


def test_a_run_that_asks_whether_to_go_on_can_be_finished(run: Run, cloud: FakeCloud, screen: RecordingScreen) -> None:
    screen.answers = [Finish()]
    cloud.runs = [asking_again(), asking_again(), documents.succeeded()]
    follow(run, screen)
    assert len(cloud.requests("POST", "/runs/run-1/finish")) == 1
    assert cloud.requests("POST", "/runs/run-1/choice") == []


def test_where_nobody_can_be_asked_whether_to_go_on_finishing_is_named(
    run: Run, cloud: FakeCloud, screen: RecordingScreen
) -> None:
    cloud.runs = [asking_again()]
    follow(run, screen)
    assert screen.said == ["It waits for your choice: run.choose('aws-spot') or run.finish()"]


def test_a_script_finishes_a_run_or_learns_why_not(run: Run, cloud: FakeCloud) -> None:
    assert run.finish() is run
    assert len(cloud.requests("POST", "/runs/run-1/finish")) == 1
    cloud.answers["POST /runs/run-1/finish"] = [problem("nothing-grown", 409, retryable=True)]
    with pytest.raises(errors.NothingGrown, match=r"detail of nothing-grown\.\n→ .*run\.ranking_so_far"):
        run.finish()


def test_the_ranking_so_far_is_a_table_that_may_be_empty(run: Run, cloud: FakeCloud) -> None:
    for document, rows in ((growing(0), 0), (documents.chosen("Observe"), 0), (growing(2), 20)):
        cloud.runs = [document]
        table = run.ranking_so_far
        assert list(table.columns) == ["rank", "variant", "importance"]
        assert len(table) == rows
    assert table.iloc[0].to_list() == [1, "22_1_A_<b>", 40.0]


def test_the_number_of_chunks_goes_along_with_the_parameters(run: Run, cloud: FakeCloud) -> None:
    cloud.runs = [documents.succeeded()]
    run.again(chunks=8)
    assert cloud.requests("POST", "/runs")[-1].json["analysis"]["chunks"] == 8
