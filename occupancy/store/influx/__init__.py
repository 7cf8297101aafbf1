"""InfluxDB 1, 2 and 3 as a store of history: points in by line protocol, out by InfluxQL."""
