"""`python -m firmware_sim`: the command line of the simulator."""

from firmware_sim.cli import app

if __name__ == "__main__":
    app(prog_name="firmware_sim")
