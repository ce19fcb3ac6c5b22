"""Handwriting recognition, taught end to end: a thin package under numbered notebooks."""

__version__ = "0.1.0"
