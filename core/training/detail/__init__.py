"""Training of the detail network: composites with the alphas that MTGINet gives them, crops of these, the loop."""
