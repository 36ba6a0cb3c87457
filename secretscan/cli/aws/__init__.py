"""`secretscan aws`: the answer to a leaked AWS key. One file per sub-command, each loaded when it is called."""
