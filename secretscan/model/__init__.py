"""Values: what every other package speaks in. The standard library only."""
