"""The windows: thin Qt views over `matting_studio.app` and `core`."""
