"""The files of a result as tables."""

from __future__ import annotations

import io
import json

import pandas as pd

COLUMNS = ["rank", "variant", "contig", "pos", "ref", "alt", "importance"]
#: CHROM_POS_REF_ALT1|ALT2, read from the right: a contig may hold underscores and alleles cannot.
_NAME = r"^(?P<contig>.+)_(?P<pos>\d+)_(?P<ref>[^_]*)_(?P<alt>[^_]*)$"
_TYPES = {"variant": str, "contig": str, "ref": str, "alt": str, "importance": float}


def ranked_of(document: bytes) -> pd.DataFrame:
    """The ranked variants of result.json; what came with them beside the known columns stands behind these."""
    rows = [{**row, "alt": "|".join(row["alts"])} for row in json.loads(document)["ranked"]]
    table = pd.DataFrame(rows, columns=None if rows else COLUMNS).drop(columns="alts", errors="ignore")
    return table[[*COLUMNS, *(name for name in table if name not in COLUMNS)]]


def importances_of(csv: bytes) -> pd.DataFrame:
    """importance.csv: VariantSpark's own `variable,importance`, or with the parts of the name in columns."""
    table = _read(csv).rename(columns={"variable": "variant"})
    if "pos" not in table:
        parts = table["variant"].str.extract(_NAME)
        table = pd.concat([table["variant"], parts.astype({"pos": "int64"}), table["importance"]], axis=1)
    ordered = table.sort_values("importance", ascending=False, kind="stable").reset_index(drop=True)
    if "rank" not in ordered:
        ordered.insert(0, "rank", range(1, len(ordered) + 1))
    return ordered


def _read(csv: bytes) -> pd.DataFrame:
    # Alleles and contigs are text, also where they look like numbers or like "NA".
    return pd.read_csv(io.BytesIO(csv), dtype=_TYPES, keep_default_na=False)  # type: ignore[arg-type,unused-ignore]
