"""The applications that the webhook benchmark compares with ours: small, and as fair as we can write them."""
