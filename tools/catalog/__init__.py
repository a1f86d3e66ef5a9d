"""The parts of `tools/build_catalog.py`, one a source."""
