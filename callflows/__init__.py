"""The call-flow language: what a caller hears next, as a pure machine."""
