"""Importance by genome position."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_COLOURS = ("#3b6ea5", "#7f7f7f")
_TOP_COLOUR = "#c0392b"
#: More points than this are more than pixels: only the highest of each stretch is drawn.
_MOST_POINTS = 200_000
_STRETCHES = 20_000
#: Of the genome, between two contigs.
_GAP = 0.01


def manhattan_plot(importances: pd.DataFrame, *, name_top: int = 10, title: str = "") -> Figure:
    """@param importances with the columns variant, contig, pos and importance"""
    import matplotlib.pyplot as plt  # noqa: PLC0415  slow to import, and not every session draws

    contigs = sorted(importances["contig"].unique(), key=_contig_order)
    offsets = _offsets(importances, contigs)
    table = importances.assign(x=importances["pos"] + importances["contig"].map(offsets))
    figure, axes = plt.subplots(figsize=(10, 4.2), layout="constrained")
    try:
        for number, contig in enumerate(contigs):
            points = _thinned(table[table["contig"] == contig])
            axes.scatter(points["x"], points["importance"], s=9, color=_COLOURS[number % 2], linewidths=0,
                         rasterized=len(points) > 5_000)  # fmt: skip
        top = table.nlargest(name_top, "importance", keep="first")
        axes.scatter(top["x"], top["importance"], s=20, color=_TOP_COLOUR, linewidths=0, zorder=3)
        axes.set_ylim(bottom=0, top=1.12 * float(table["importance"].to_numpy(float).max(initial=0)) or 1)
        axes.set_ylabel("importance")
        axes.set_title(title, loc="left", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        _name_positions(figure, contigs, table)
        _name_variants(figure, top)
    finally:
        # Otherwise a notebook shows it a second time at the end of its cell.
        plt.close(figure)
    return figure


def _contig_order(contig: str) -> tuple[int, int, str]:
    """1 … 22, X, Y, M, then the others by name; "chr" makes no difference."""
    plain = re.sub(r"^chr", "", contig, flags=re.IGNORECASE)
    if plain.isdigit():
        return (0, int(plain), contig)
    if plain.upper() in ("X", "Y", "M", "MT"):
        return (1, "XYM".index(plain[0].upper()), contig)
    return (2, 0, contig)


def _offsets(table: pd.DataFrame, contigs: list[str]) -> dict[str, float]:
    """Where each contig begins on the x axis: one after the other, each as wide as its positions reach."""
    lengths = {str(contig): float(last) for contig, last in table.groupby("contig")["pos"].max().items()}
    gap = _GAP * sum(lengths.values()) if len(contigs) > 1 else 0
    offsets, x = {}, 0.0
    for contig in contigs:
        offsets[contig] = x
        x += lengths[contig] + gap
    return offsets


def _thinned(points: pd.DataFrame) -> pd.DataFrame:
    if len(points) <= _MOST_POINTS:
        return points
    stretch = np.floor((points["x"] - points["x"].min()) / max(float(np.ptp(points["x"])), 1) * _STRETCHES)
    return points.loc[points.groupby(stretch)["importance"].idxmax()]


def _name_positions(figure: Figure, contigs: list[str], table: pd.DataFrame) -> None:
    axes = figure.axes[0]
    if len(contigs) == 1:
        axes.set_xlabel(f"position on {contigs[0]}")
        axes.xaxis.set_major_formatter(lambda x, _: f"{x / 1e6:.3f} Mb" if x < 1e9 else f"{x:g}")
        return
    middles = table.groupby("contig")["x"].agg(lambda x: (x.min() + x.max()) / 2)
    axes.set_xticks([middles[contig] for contig in contigs], contigs, fontsize=8)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("genome position")


def _name_variants(figure: Figure, top: pd.DataFrame) -> None:
    """Names stand beside their points; where two would cover each other, the lower one moves down."""
    axes = figure.axes[0]
    figure.canvas.draw()
    placed: list[tuple[float, float, float]] = []
    right_edge = axes.get_window_extent().x1
    scale = figure.dpi / 72
    for x, y, variant in zip(top["x"], top["importance"], top["variant"], strict=True):
        text = variant if len(variant) <= 28 else f"{variant[:27]}…"
        px, py = axes.transData.transform((x, y))
        width, height = len(text) * 4.7 * scale, 10 * scale
        side = -1 if px + width + 8 > right_edge else 1
        left = px + 7 * scale if side > 0 else px - 7 * scale - width
        down = py
        while any(left < to and left + width > at and abs(down - middle) < height for at, to, middle in placed):
            down -= height / 4
        placed.append((left, left + width, down))
        axes.annotate(
            text, (x, y), xytext=(7 * side, (down - py) / scale), textcoords="offset points", fontsize=8, va="center",
            ha="left" if side > 0 else "right",
            arrowprops={"arrowstyle": "-", "lw": 0.4, "color": "#999999"} if py - down > height / 2 else None,
        )  # fmt: skip
