"""The side panel: what can be set, section by section."""
