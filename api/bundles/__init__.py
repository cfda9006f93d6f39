"""Evidence that can be handed on, and checked years later by somebody without the archive.

bag        a folder by RFC 8493: written, and looked at with suspicion
contents   what lies where in it, which versions made it, who did what when
exhibits   the pictures of findings, drawn from the files at hand
packing    an answer with all that it rests on, put into a folder
checking   every claim of the answer, asked again
told       what became of them, as JSON and as a table
"""
