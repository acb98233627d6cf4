"""Writes localFdr.json: what variant-spark 0.5.5's own LocalFdr says about some importances.

    python localFdr.py SITE_PACKAGES CHR22.csv > localFdr.json

SITE_PACKAGES is where the package variant-spark lies; NumPy, SciPy, statsmodels, patsy and pandas must be importable
(made with 2.4.6, 1.17.1, 0.15.0, 1.0.3 and 3.1.1). CHR22.csv has the columns importance and splits: a run of chr22_1000 with the label
22_16050408, 500 trees, mtry fraction 0.1, batches of 25, seed 13, its splits counted in the model (-om … -omf json).
"""

import json
import sys
import types
import warnings

import numpy as np
import pandas as pd
import scipy.stats

warnings.simplefilter("ignore")
np.int = int  # The package is of a time before NumPy 1.24.
sys.modules["seaborn"] = types.ModuleType("seaborn")  # Only its plots need it.
for name in ("varspark", "varspark.hail"):  # Their __init__ would load Hail and Spark.
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]

from varspark.hail.lfdrvs import LocalFdrVs  # noqa: E402


def case(name, logs, splits, minimum):
    table = pd.DataFrame({"variant_id": np.arange(len(logs)), "logImportance": logs, "splitCount": splits})
    judged = LocalFdrVs(table)
    rows, false_share = judged.compute_fdr(minimum)
    fit = judged.local_fdr
    return {
        "name": name,
        "minimum": minimum,
        "judged": len(rows),
        "shape": fit.f0_params.a,
        "location": fit.f0_params.loc,
        "scale": fit.f0_params.scale,
        "chanceShare": fit.p0,
        "falseShare": false_share,
        "passing": int(rows.is_significant.sum()),
        "observed": list(fit.f_observed_y),
        "smoothed": list(fit.f_y),
        "localFdr": list(fit.local_fdr),
        "leastPValue": rows.pvalue.min(),
    }


chr22 = pd.read_csv(sys.argv[2])
random = np.random.default_rng(7)
simulated = np.round(
    np.concatenate(
        [
            scipy.stats.skewnorm.rvs(2.5, loc=-9, scale=1.2, size=4000, random_state=random),
            random.normal(-3.5, 0.6, 60),
        ]
    ),
    3,
)
tails = [(shape, x, scipy.stats.skewnorm.cdf(x, shape), scipy.stats.skewnorm.sf(x, shape)) for shape in (-3, 0, 0.7, 5) for x in (-4, -1, 0, 0.3, 2, 5)]
json.dump(
    {
        "chr22": {"importances": list(chr22.importance), "splits": [int(n) for n in chr22.splits]},
        "simulated": {"logs": list(simulated)},
        "bestMinimum": int(
            LocalFdrVs(
                pd.DataFrame(
                    {"variant_id": chr22.index, "logImportance": np.log(chr22.importance), "splitCount": chr22.splits}
                )
            ).find_split_count_th()
        ),
        "cases": [
            *[case("chr22", np.log(chr22.importance), chr22.splits, minimum) for minimum in (1, 2, 3)],
            case("simulated", simulated, np.full(len(simulated), 9), 2),
        ],
        "tails": [dict(zip(("shape", "x", "below", "above"), map(float, row))) for row in tails],
    },
    sys.stdout,
)
