"""Recognizers at work outside the notebooks."""
