"""Checks of the exercises, a module for each lab: they name the mistake and keep the answer."""
