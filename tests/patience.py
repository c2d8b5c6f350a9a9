"""How long a test waits for what must come: long, because CI's two cores may be busy, and nobody waits when it comes."""

PATIENCE = 30_000  # milliseconds, for a page
