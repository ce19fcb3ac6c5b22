"""What the labs show, as pure functions of computed data that return a Matplotlib figure."""
