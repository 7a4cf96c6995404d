"""From folders of handwriting to the shipped digit model."""
