"""The API, one module for each thing there is."""
