"""Matting Studio: takes people out of photos, hair included."""
