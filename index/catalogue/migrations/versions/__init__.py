"""The steps. Never change one that was released."""
