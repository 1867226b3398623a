"""The batch window: what is to be done on the left, what becomes of each photo on the right."""
