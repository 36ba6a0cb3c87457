"""Rules: their model, loading, samples, and what can be told of a pattern without running it."""
