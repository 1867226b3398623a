"""Training from the window, without the window: runs and their histories, presets, own photos. Imports no PyTorch."""
