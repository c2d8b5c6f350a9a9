"""From a recording at the carrier to a verified copy of our own, and from a call to its ticket: exactly once."""
