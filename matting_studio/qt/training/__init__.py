"""Training from the window: a run is set up, started, watched and used."""
