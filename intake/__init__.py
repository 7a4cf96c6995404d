"""Paper meter-reading forms in, verified readings out."""

__version__ = "0.1.0"
