"""Shutting a key down and opening it again: a plan first, then its steps, each confirmed."""
