"""The sound side of the simulator: browsers' phones, one 20 ms clock, mixing, speech and recordings."""
