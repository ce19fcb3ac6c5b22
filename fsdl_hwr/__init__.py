"""Handwriting recognition, taught end to end: the package under the numbered notebooks."""

__version__ = "0.2.0"
