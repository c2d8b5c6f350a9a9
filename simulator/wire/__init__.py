"""The simulator as a program: one kernel thread, HTTP in and HTTP out around it."""
