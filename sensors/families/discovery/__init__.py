"""Home Assistant discovery: what others announce becomes known sensors."""
