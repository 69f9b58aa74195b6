"""Tests mirror the source: one package per room."""
