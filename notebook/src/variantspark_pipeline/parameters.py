"""The parameters of a run as Python spells them, and as analysis.json and the API do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from .errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping


class Parameters(TypedDict, total=False):
    """What submit() and again() take; each may be left out."""

    #: Column of the labels table; needed when it has several besides the sample.
    label_column: str
    #: 1 to 10,000; 500 unless said. Few trees rank noise.
    trees: int
    #: Fraction of the variants tried at each split, (0, 1]; 0.1 unless said.
    mtry_fraction: float
    #: Trees grown side by side; progress is told once per batch. 100 unless said.
    batch_size: int
    max_depth: int
    min_node_size: int
    #: The same data, seed and parameters give the same ranking. 13 unless said.
    seed: int
    #: "aws-spot", "aws-on-demand", "cluster" or "local": decides without a question, when the worst case stays within
    #: budget_usd.
    where: str
    prepare: bool
    budget_usd: float
    #: Options are sized so that they are through in so many hours, in the worst case.
    deadline_hours: float
    #: 1 to 50 jobs in which the forest is grown on AWS or your cluster, one after the other, with a ranking after each;
    #: chosen with the nodes unless said. Not together with oob_error.
    chunks: int
    #: Also the out-of-bag error as the forest grows.
    oob_error: bool
    #: Also the local false discovery rate of each variant, to tell signal from noise.
    local_fdr: bool
    #: {"minMaf": 0.01, "maxMissing": 0.1, "biallelicOnly": True, "regions": [{"contig": "22"}]}; needs preparing.
    filters: Mapping[str, Any]


def analysis_fields(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """
    {"label_column": "x", "trees": 500} → {"labelColumn": "x", "trees": 500}; the API's own spelling is taken too, since
    its messages use it. Raises InvalidRequest for others.
    """
    known = Parameters.__annotations__
    unknown = [name for name in parameters if name not in known and name not in map(_camel_case, known)]
    if unknown:
        raise InvalidRequest(
            f"There is no parameter {', '.join(unknown)}.", remedy=f"The parameters are {', '.join(known)}."
        )
    return {_camel_case(name): value for name, value in parameters.items() if value is not None}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word[0].upper() + word[1:] for word in others)
