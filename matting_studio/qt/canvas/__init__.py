"""The photo as it is seen and painted on."""
