"""Data sets: one module each, which says where its data comes from, how it is read and split."""
