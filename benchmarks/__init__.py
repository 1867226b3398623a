"""Measurements of speed, memory and errors, run by hand; none is a test."""
