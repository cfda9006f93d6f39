"""Codes to codes near them.

`runs` writes and reads what lies on disk; `segments` searches it, and is the only one that knows
FAISS.
"""
