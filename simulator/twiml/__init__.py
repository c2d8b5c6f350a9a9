"""Reading TwiML: its grammar, and documents from what a web server answered."""
