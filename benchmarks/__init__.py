"""Measurements of speed, run by hand; none is a test."""
