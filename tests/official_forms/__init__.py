"""Tests of the official forms. They need no database and no Django."""
