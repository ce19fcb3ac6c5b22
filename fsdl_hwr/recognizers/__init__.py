"""Recognizers: a network joined with its alphabet, its data and its training."""
