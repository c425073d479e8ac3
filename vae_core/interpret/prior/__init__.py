"""Whether the items fill the prior: marginals, discrepancy, holes."""
