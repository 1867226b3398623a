"""Training of MTGINet: data, augmentation, losses, the loop and its run folders."""
