"""What is fetched from elsewhere, and what is sent there: only ever on the public internet.

addresses  which addresses those are
network    a name looked up once, and a connection to the very address that was checked
fetch      `opened`: one request, its redirects checked anew; `fetched`: its answer in a file
errors     what may go wrong
"""
