"""git as a source: what is staged, what a range of commits adds, and everything the history holds."""
