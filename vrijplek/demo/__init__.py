"""The demo: a whole building on one machine, with invented people."""
