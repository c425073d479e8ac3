"""What each dimension means: relations to columns, probes, names."""
