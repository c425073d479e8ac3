"""Items to posteriors: encoding a data set, its rates and distortions, going on where an encoding stopped."""
