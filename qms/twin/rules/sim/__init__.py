"""The simulator: pure parts."""
