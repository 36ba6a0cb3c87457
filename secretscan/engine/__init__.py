"""The engine: bytes in, findings out. What it finds depends on nothing else.

It reads no environment, and no file but what it keeps compiled of the rules (`cache`, `searchtables`); the clock only stops
a pattern that takes too long (`match`).

prefilter -> match -> decode -> judge -> pair; `scanner` strings them together.
"""
