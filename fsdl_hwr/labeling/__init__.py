"""Labels made by people: correct them, compare them, doubt them, choose what to label next."""
