"""What the program does, without any window: documents, jobs, settings. Knows no Qt."""
