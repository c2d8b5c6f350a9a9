"""The panel's JSON API, one module for each noun. Errors become JSON in panel/problems.py, nowhere else."""
