"""Findings shown as pictures that anyone with the two files can make again.

answers       a document, read again
sheets        pictures and words on paper
plates        what is seen, drawn
spectrograms  what is heard, drawn
reel          both side by side, moving
files         all of these for a finding, and the document that tells of them
"""
