"""Portrait matting: network, inference, training and measures. Knows nothing of any user interface."""
