"""Access: who is calling, and what each role may ask. A route without a policy does not start."""
