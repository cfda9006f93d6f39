"""What people open in a browser, one module for each page."""
