"""The engine: bytes in, findings out. Pure: it reads no file, no clock and no environment.

prefilter -> match -> decode -> judge -> pair; `scanner` strings them together.
"""
