"""Where a run is shown: widgets in a notebook, text in a terminal."""
