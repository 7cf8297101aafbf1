"""LoRaWAN: ChirpStack and The Things Stack, and the devices behind them."""
