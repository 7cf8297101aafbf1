"""What may be wrong with a machine or a service, one small module for each part of it."""
