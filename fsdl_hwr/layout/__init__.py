"""From a page to its lines: ink, baselines, whose ink is whose, crops, reading order. No Keras."""
