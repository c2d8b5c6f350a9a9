"""The REST API of version 2010-04-01, one file a resource; server.py finds the handler."""
