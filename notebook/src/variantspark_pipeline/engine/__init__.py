"""VariantSpark on this machine: its jar made fit for Java 17, its run, and its log read as progress."""
