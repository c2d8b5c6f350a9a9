"""Who gets the caller: pure, told by a snapshot and the moment."""
