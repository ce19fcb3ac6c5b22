"""Letters made up by networks: ink by a variational autoencoder and a flow, pixels by a GAN.

`letters` turns inks into rows of numbers and back, `scores` says how good what was made up is.
"""

import fsdl_hwr.backend  # noqa: F401  # first: it says what to install if Keras lacks one
