"""Crowds: many callers and agents with habits, drawn from a seed; they live on the kernel like everything else."""
