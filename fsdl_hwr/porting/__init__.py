"""One network in three hands: Keras' `line_crnn`, written again in NumPy and in PyTorch."""
