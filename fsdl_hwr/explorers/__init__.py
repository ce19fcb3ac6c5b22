"""Explorers: widgets that show computed data in the page, each under a static figure."""
