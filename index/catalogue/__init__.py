"""Facts about the archive: its assets, where they lie, which file holds their codes, what failed.

Functions take the `Change` of an open transaction, from `Catalogue.reading` or
`Catalogue.changing`, so that a caller decides what happens together.
"""
