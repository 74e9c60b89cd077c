"""Import and export formats: each an object like a plug-in's, listed in `built_in`."""
