"""The command line: one file per command; each parses, builds settings, calls the pipeline, renders, exits."""
