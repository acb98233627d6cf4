"""
Submit a cohort to VariantSpark Pipeline, choose where it runs, read the ranked variants:

    from variantspark_pipeline import Pipeline

    run = Pipeline("https://….execute-api.eu-west-1.amazonaws.com").submit("my-cohort", trees=500)
    run.watch()
    run.result
"""

from .errors import PipelineError
from .example import example_study
from .pipeline import Pipeline
from .run import Run

__all__ = ["Pipeline", "PipelineError", "Run", "example_study"]
