"""Questions to a real Twilio: each assumption that a robot call can settle, with what the simulator would answer."""
