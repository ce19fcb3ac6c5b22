"""Checks of the exercises, one module per lab: they name the mistake, not the answer."""
