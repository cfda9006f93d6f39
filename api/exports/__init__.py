"""A report as others read it: `document` for programs, `terminal` for a glance, `page` for people.

Nothing is imported here: a command loads only the form it writes.
"""
