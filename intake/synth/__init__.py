"""The pen and the scanner simulated, for samples, tests and training."""
