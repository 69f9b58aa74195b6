"""Tests of signing in through identity providers."""
