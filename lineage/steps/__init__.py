"""What each stage measured of a clip and an asset, in words for a person."""
