"""Which dimensions are used: rates, collapse, importance, sensitivity, the evidence."""
