"""The pipeline: the one package that knows every stage, from a source to a report."""
