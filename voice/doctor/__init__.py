"""`ringdesk doctor`: every check prints ok or FAIL, what it saw, and the way out. One file for each group of checks."""
