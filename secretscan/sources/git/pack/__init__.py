"""Reads objects straight from packs, loose files and alternates, each inflated once, base before delta.

git is not asked: the files are mapped read-only and every number in them is distrusted. What each delta
copies from its base travels with the object, so that only what is new need be scanned (engine/windows.py).
Replace refs and grafts are ignored on purpose: an audit reads the objects that are there, not stand-ins.
"""
