"""What the labs show: figures as pure functions of computed data."""
