"""Learning: what calibration and history teach about a site. Pure, as all of `occupancy`."""
