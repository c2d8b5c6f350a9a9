"""Twilio in, TwiML out: calls, waiting, offers, bridging, and the tables they live in."""
