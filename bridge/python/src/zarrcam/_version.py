"""The version of the project: a test compares it with package.json."""

__version__ = "0.1.0"
