"""Runs as GET /runs/{id} gives them."""

from __future__ import annotations

from typing import Any


def option(where: str = "aws-spot", *, prepare: bool = False, refusal: str | None = None) -> dict[str, Any]:
    local, rented = where == "local", where.startswith("aws-")
    usd = 0.016 if rented else 0.0
    return {
        "where": where,
        "prepare": prepare,
        "prepareSeconds": _range(16 if prepare else 0),
        "runSeconds": _range(200),
        "costUsd": _range(usd),
        "phases": {"start": 180, "load": 4, "trees": 16, "finish": 5},
        "configuration": {
            "instanceTypes": ["r6a.xlarge"] if rented else [],
            "nodes": 0 if local else 3,
            "driverMemoryMiB": 4096,
        },
        **({"refusal": refusal} if refusal else {}),
    }


def run(state: str, **members: Any) -> dict[str, Any]:
    return {
        "id": "run-1",
        "state": state,
        "study": {"bucket": "the-inbox", "prefix": "chr22/"},
        "history": [{"state": state, "at": "2026-01-02T03:04:05.678Z"}],
        "findings": [],
        "analysis": {"labelColumn": "case", "trees": 500, "mtryFraction": 0.1, "batchSize": 100, "seed": 13},
        **members,
    }


def asking(*options: dict[str, Any], message: str = "") -> dict[str, Any]:
    offered = options or (option(), option("local"))
    return run("Ask", estimate={"options": list(offered), "message": message})


def chosen(state: str, where: str = "aws-spot", **members: Any) -> dict[str, Any]:
    estimate = {"options": [option(), option("local")], "message": ""}
    return run(state, estimate=estimate, choice={"where": where, "prepare": False}, **members)


def chunks(grown: int, *, planned: int = 10, stability: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """Of a forest of 100 trees a chunk."""
    all_chunks = [{"number": number, "trees": 100, "seed": number} for number in range(1, planned + 1)]
    top = [{"rank": rank, "variant": f"22_{rank}_A_<b>", "importance": 40.0 / rank} for rank in range(1, 21)]
    return {
        "planned": all_chunks,
        "grown": [{**chunk, "attempt": chunk["number"]} for chunk in all_chunks[:grown]],
        **({"ranking": {"trees": 100 * grown, "variants": 900, "top": top}} if grown else {}),
        **({"stability": stability} if stability else {}),
        **members,
    }


def stability(agreement: float, same_first: int, *, compared: int = 20, converged: bool = False) -> dict[str, Any]:
    history = [{"trees": 200, "agreement": agreement}]
    return {
        "compared": compared,
        "agreement": agreement,
        "sameFirst": same_first,
        "history": history,
        "hasConverged": converged,
    }


def succeeded(where: str = "aws-spot") -> dict[str, Any]:
    top = [{"rank": 1, "variant": "22_16050408_T_C", "importance": 33.951}]
    result = {
        "top": top,
        "advice": ["Half of the memory would do."],
        "variants": 1988,
        "withImportance": 850,
        "where": where,
        "seconds": {"total": {"predicted": 205.3, "actual": 40.5}},
        "costUsd": {"predicted": 0.016, "actual": 0.003},
    }
    return chosen("Succeeded", where, result=result)


def _range(expected: float) -> dict[str, float]:
    return {"low": expected / 2, "expected": expected, "high": expected * 2}
