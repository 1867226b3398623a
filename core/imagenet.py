"""The statistics of ImageNet's pixels, which the network's input is centred and scaled by."""

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
