"""The subcommands of `vrijplek`, one module each."""
